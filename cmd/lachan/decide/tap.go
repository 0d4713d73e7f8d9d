package decide

import (
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/wording"
)

// tapCommand is `lachan dnstap`. Switching it on takes the accounts of two people, and so no
// command of the machine does.
func tapCommand(l wording.Language) *cobra.Command {
	return parent(l, "dnstap", textTap, textTapLong, tapStatus(l), tapEnd(l))
}

func tapStatus(l wording.Language) *cobra.Command {
	var o list
	return line{
		use: "status", short: textTapStatus, flags: o.jsonFlag, example: "  lachan dnstap status",
		run: func(c command.Call, _ []string) error {
			now, rows := time.Now(), 0
			_, err := each(c, &o, "dnstap", func(t *api.Tap) error {
				text := textTapWas
				if now.Before(t.End) {
					text = textTapIs
				}
				rows++
				return c.Say(text.With(t.Begin.Format(minute), t.End.Format(minute), t.First, t.Second, t.Seq, t.Why))
			})
			if err == nil && rows == 0 && !o.json {
				return c.Say(textTapNever)
			}
			return err
		},
	}.make(l)
}

func tapEnd(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "end", short: textTapEnd, flags: o.decideFlags, example: `  lachan dnstap end --why "đã tìm ra lỗi"`,
		run: func(c command.Call, _ []string) error {
			return o.decide(c, control.Question{
				Method: "DELETE", Path: path("dnstap"), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

var (
	textTap     = wording.Text{VI: "Nơi nhận dnstap: đang được gửi gì, và dừng gửi", EN: "What a collector of dnstap is told, and ending that"}
	textTapLong = wording.Text{
		VI: "Bật dnstap cần hai tài khoản của hai người, trong trang quản trị hoặc qua API: lệnh trên máy không bật được. Tắt thì một người là đủ.",
		EN: "Switching it on takes the accounts of two people, in the console or by the API: no command of the machine does. One person ends it.",
	}
	textTapStatus = wording.Text{VI: "Những lần dnstap đã bật", EN: "When dnstap was on"}
	textTapEnd    = wording.Text{VI: "Tắt dnstap ngay", EN: "End it now"}
	textTapIs     = wording.Text{
		VI: "ĐANG BẬT từ %s đến %s: %s đề nghị, %s xác nhận (quyết định số %d): %s",
		EN: "ON from %s until %s: %s proposed it, %s confirmed (decision %d): %s",
	}
	textTapWas = wording.Text{
		VI: "từ %s đến %s: %s đề nghị, %s xác nhận (quyết định số %d): %s",
		EN: "from %s until %s: %s proposed it, %s confirmed (decision %d): %s",
	}
	textTapNever = wording.Text{VI: "dnstap chưa bật lần nào", EN: "dnstap was never on"}
)
