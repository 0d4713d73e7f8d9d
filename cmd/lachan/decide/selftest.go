package decide

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/tested"
	"lachan/internal/wording"
)

// selfTestCommand is `lachan selftest`.
func selfTestCommand(l wording.Language) *cobra.Command {
	var o options
	var last bool
	return line{
		use: "selftest", short: textSelfTest, long: textSelfTestLong,
		example: "  lachan selftest\n  lachan selftest --last --json",
		flags: func(c *cobra.Command, l wording.Language) {
			o.jsonFlag(c, l)
			c.Flags().BoolVar(&last, "last", false, textSelfTestLast.In(l))
		},
		run: func(c command.Call, _ []string) error { return o.selfTest(c, last) },
	}.make(l)
}

// glance is how often the server is asked whether its test has ended.
const glance = 300 * time.Millisecond

// selfTest has the server test itself, unless the last test will do, and ends with an error
// if that has failed or there was none.
func (o *options) selfTest(c command.Call, last bool) error {
	method, shown := "POST", command.NewProgress(c, textSelfTestShown)
	defer shown.End()
	if last {
		method = "GET"
	}
	for {
		a, err := ask(c, control.Question{Method: method, Path: path("self-test")})
		if err != nil {
			return err
		}
		var s tested.State
		if err := json.Unmarshal(a.Body, &s); err != nil {
			return fmt.Errorf("read the answer of the server: %w", err)
		}
		if last || method == "GET" && !s.Running {
			shown.End()
			return o.tellTest(c, a.Body, &s)
		}
		method = "GET"
		shown.Show(s.Asked)
		select {
		case <-c.Context().Done():
			return c.Context().Err()
		case <-time.After(glance):
		}
	}
}

// tellTest prints what a test came to.
func (o *options) tellTest(c command.Call, body []byte, s *tested.State) error {
	var err error
	switch {
	case o.json:
		err = printJSON(c, body)
	case s.Last == nil:
		return command.Fail(textSelfTestNone)
	default:
		err = c.Say(wording.Text{VI: s.VI, EN: s.EN})
	}
	if err == nil && !o.json {
		for _, wrong := range s.Wrong {
			if err = c.Say(wording.Text{VI: "- " + wrong.VI, EN: "- " + wrong.EN}); err != nil {
				break
			}
		}
	}
	if err == nil && (s.Last == nil || s.Last.Failed > 0) {
		return command.ErrReported
	}
	return err
}

var (
	textSelfTest = wording.Text{
		VI: "máy chủ tự kiểm tra bộ lọc ngay bây giờ, qua mọi cửa, thay cho máy của từng trường",
		EN: "have the server test its filter at once, by every door, as clients of each school",
	}
	textSelfTestLong = wording.Text{
		VI: "Như mỗi ngày học trước giờ lên lớp. Kết thúc với mã 0 nếu đạt, 1 nếu có câu trả lời sai hoặc không kiểm tra được. Kết quả cũng nằm ở trang máy chủ, trong báo cáo và trong số liệu. Nhiều nghìn trường thì mất đến một giờ; ngắt lệnh không ngắt việc kiểm tra.",
		EN: "As on each school day before lessons. It ends with status 0 if all is well, 1 if an answer is wrong or no test can be made. The outcome is on the page of servers, in reports and figures too. With thousands of schools it takes up to an hour; interrupting the command does not end the test.",
	}
	textSelfTestShown = wording.Text{VI: "Đang hỏi", EN: "Asking"}
	textSelfTestLast  = wording.Text{VI: "chỉ in kết quả lần mới nhất, không kiểm tra", EN: "print what the newest test came to, and make none"}
	textSelfTestNone  = wording.Text{VI: "chưa có lần tự kiểm tra nào", EN: "there was no test yet"}
)
