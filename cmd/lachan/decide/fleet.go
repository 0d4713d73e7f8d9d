package decide

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/wording"
)

// OfFleet adds what a running hub is asked for to `lachan fleet`.
func OfFleet(l wording.Language, fleet *cobra.Command) *cobra.Command {
	fleet.AddCommand(fleetInvite(l), fleetRemove(l), fleetStatus(l),
		fleetRelease(l, "advance", textAdvance, textAdvanceLong), fleetRelease(l, "hold", textHold, textHoldLong),
		fleetRelease(l, "rollback", textRollBack, textRollBackLong))
	return fleet
}

func fleetInvite(l wording.Language) *cobra.Command {
	var o options
	var area, ring string
	return line{
		use: "invite NAME", short: textInvite, long: textInviteLong, args: command.Exactly(1),
		example: "  lachan fleet invite sa-pa-1 --area lao-cai",
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
			c.Flags().StringVar(&area, "area", "", textAreaFlag.In(l))
			c.Flags().StringVar(&ring, "ring", "", textRingFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			q := control.Question{
				Method: "POST", Path: path("fleet", "nodes"),
				Body: map[string]string{"name": args[0], "area": area, "ring": ring, "why": o.why},
			}
			if o.json || o.preview {
				return o.decide(c, q)
			}
			a, err := ask(c, q)
			if err != nil {
				return err
			}
			var d api.Decided
			if err := json.Unmarshal(a.Body, &d); err != nil {
				return err
			}
			return c.Say(textInvited.With(args[0], d.Text, d.Secret))
		},
	}.make(l)
}

func fleetRemove(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "remove NAME", short: textNodeRemove, long: textNodeRemoveLong, args: command.Exactly(1), flags: o.sureFlags,
		example: `  lachan fleet remove sa-pa-1 --why "máy bị mất cắp"`,
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "DELETE", Path: path("fleet", "nodes", args[0]), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func fleetStatus(l wording.Language) *cobra.Command {
	var o list
	return line{
		use: "status", short: textFleetStatus, long: textFleetStatusLong, flags: o.jsonFlag,
		example: "  lachan fleet status",
		run: func(c command.Call, _ []string) error {
			rows, err := each(c, &o, "fleet/nodes", func(n *api.FleetNode) error {
				fmt.Fprintf(c.OutOrStdout(), "%-20s %-14s %s\n", n.Name, cmp.Or(n.Area, "–"), standing(n, time.Now()).In(c.Lang))
				return nil
			})
			if err == nil && rows == 0 && !o.json {
				return c.Say(textNoNodes)
			}
			if err != nil || o.json {
				return err
			}
			if err := sayRelease(c); err != nil {
				return err
			}
			_, err = each(c, &o, "fleet/orders", func(r *api.FleetOrder) error { return sayOrder(c, r) })
			return err
		},
	}.make(l)
}

// fleetRelease is a command on the release that is on its way.
func fleetRelease(l wording.Language, verb string, short, long wording.Text) *cobra.Command {
	var o options
	var order string
	at := map[string]string{"rollback": "roll-back"}
	return line{
		use: verb, short: short, long: long,
		flags: func(c *cobra.Command, l wording.Language) {
			o.sureFlags(c, l)
			c.Flags().StringVar(&order, "order", "", textOfOrder.In(l))
		},
		example: "  lachan fleet " + verb + ` --why "theo Công văn 15/STTTT"`,
		run: func(c command.Call, _ []string) error {
			of := path("fleet", "release", cmp.Or(at[verb], verb))
			if order != "" {
				of = path("fleet", "orders", order, cmp.Or(at[verb], verb))
			}
			return o.surely(c, control.Question{Method: "POST", Path: of, Body: map[string]string{"why": o.why}})
		},
	}.make(l)
}

// sayRelease says how far the newest release has come.
func sayRelease(c command.Call) error {
	a, err := ask(c, control.Question{Method: "GET", Path: "fleet/release"})
	if err != nil {
		return err
	}
	var r api.FleetRelease
	if err := json.Unmarshal(a.Body, &r); err != nil || r.Release == 0 {
		return err
	}
	if r.Held != "" {
		return c.Say(textReleaseHeld.With(r.Release, r.Ring, r.Confirmed, r.Linked, r.Held))
	}
	is := textRelease.With(r.Release, r.Ring, r.Confirmed, r.Linked)
	if r.Trial > 0 {
		is = wording.Join(is, textOnTrial.With(r.Trial))
	}
	return c.Say(is)
}

// sayOrder says how far a list of an authority has come.
func sayOrder(c command.Call, r *api.FleetOrder) error {
	if r.Held != "" {
		return c.Say(textOrderHeld.With(r.Name, r.Ring, r.Confirmed, r.Linked, r.Held))
	}
	is := textOrderOnWay.With(r.Name, r.Ring, r.Confirmed, r.Linked)
	if r.Trial > 0 {
		is = wording.Join(is, textOnTrial.With(r.Trial))
	}
	return c.Say(is)
}

// standing is how a node stands, in words.
func standing(n *api.FleetNode, now time.Time) wording.Text {
	switch {
	case n.Joined == nil && n.Invited != nil:
		return textNodeInvited.With(n.Invited.Local().Format("15:04 02/01/2006"))
	case n.Seen == nil:
		return textNodeSilent
	}
	t := textNodeSeen.With(now.Sub(*n.Seen).Round(time.Second), n.Version, n.Units)
	add := func(more wording.Text) { t = wording.Text{VI: t.VI + "; " + more.VI, EN: t.EN + "; " + more.EN} }
	switch {
	case n.Refused != "":
		add(textNodeRefused.With(n.Refused))
	case n.Behind:
		add(textNodeBehind)
	default:
		add(textNodeEven)
	}
	if o := n.Own; o != nil {
		add(textNodeOwn.With(o.Taken, (time.Duration(o.Late) * time.Second).Round(time.Second)))
		if o.Left > 0 {
			add(textNodeLeft.With(o.Left, wording.Twofold(o.Why)))
		}
	}
	if len(n.Conditions) > 0 {
		add(textNodeWrong.With(strings.Join(n.Conditions, ", ")))
	}
	return t
}

var (
	textInvite     = wording.Text{VI: "Cấp mã để một máy thành nút của hệ thống", EN: "Give out the code by which a machine becomes a node"}
	textInviteLong = wording.Text{
		VI: "Mã dùng một lần, trong 24 giờ. Mời lại một nút đã có để thay máy: máy cũ còn dùng được đến khi máy mới vào.",
		EN: "The code is good once, for 24 hours. Invite a node that is there to replace its machine: the old one stays " +
			"until the new one has joined.",
	}
	textAreaFlag = wording.Text{
		VI: "vùng của nút, một trong fleet.areas; bỏ trống: nhận mọi quyết định ngoài các vùng ấy",
		EN: "area of the node, one of fleet.areas; left out: it gets what is decided outside of them",
	}
	textInvited = wording.Text{
		VI: "Đã mời %s. Trên máy ấy, trong 24 giờ tới, hãy chạy:\n  %s %s",
		EN: "Invited %s. On that machine, within 24 hours, run:\n  %s %s",
	}
	textNodeRemove     = wording.Text{VI: "Cho một nút ra khỏi hệ thống ngay", EN: "End that a machine is a node, at once"}
	textNodeRemoveLong = wording.Text{
		VI: "Kết nối của nút bị cắt ngay và khóa của nó hết hiệu lực. Máy ấy vẫn lọc theo điều đã nhận; trên máy ấy, lachan leave đưa nó về chính sách riêng.",
		EN: "Its connection ends at once, and its key is good for nothing. The machine goes on filtering by what it has; there, " +
			"lachan leave takes it back to a policy of its own.",
	}
	textFleetStatus     = wording.Text{VI: "Các nút, và chúng đang thế nào", EN: "The nodes, and how they stand"}
	textFleetStatusLong = wording.Text{
		VI: "Hỏi máy trung tâm đang chạy trên máy này. Nút nói mỗi nửa phút; quá mười phút không nói thì là mất liên lạc.",
		EN: "Asks the hub that runs on this machine. A node speaks every half minute; one that has not for ten minutes is silent.",
	}
	textNoNodes     = wording.Text{VI: "Chưa có nút nào; mời một nút: lachan fleet invite TÊN", EN: "There are no nodes yet; invite one: lachan fleet invite NAME"}
	textNodeInvited = wording.Text{VI: "đã mời, mã dùng đến %s", EN: "invited, the code is good until %s"}
	textNodeSilent  = wording.Text{VI: "mất liên lạc quá mười phút; vẫn lọc theo điều đã nhận", EN: "silent for more than ten minutes; it filters by what it has"}
	textNodeSeen    = wording.Text{VI: "nói %v trước, bản %s, %d đơn vị", EN: "spoke %v ago, version %s, %d units"}
	textNodeRefused = wording.Text{VI: "KHÔNG nhận quyết định mới: %s", EN: "does NOT take what was decided: %s"}
	textNodeBehind  = wording.Text{VI: "đang nhận quyết định mới", EN: "is taking what was decided"}
	textNodeEven    = wording.Text{VI: "có đủ", EN: "has everything"}
	textNodeOwn     = wording.Text{VI: "%d ngoại lệ quyết định ở nút đã tới đây, cũ nhất %v", EN: "%d exceptions decided there have come here, the oldest after %v"}
	textNodeLeft    = wording.Text{VI: "%d ngoại lệ chỉ có hiệu lực ở nút: %v", EN: "%d hold there alone: %v"}
	textNodeWrong   = wording.Text{VI: "có lỗi: %s", EN: "conditions: %s"}
	textRingFlag    = wording.Text{
		VI: "vòng nhận bản chính sách mới: \"canary\" nhận trước, \"early\" nhận sau; bỏ trống: máy trung tâm chọn",
		EN: "ring by which it gets new files of the policy: \"canary\" first, \"early\" then; left out: the hub chooses",
	}
	textRelease = wording.Text{
		VI: "Bản chính sách số %d ở vòng \"%s\": %d trong %d nút đang liên lạc đã dùng",
		EN: "Release %d of the policy, in the ring \"%s\": in force on %d of %d nodes that speak",
	}
	textOfOrder = wording.Text{
		VI: "danh sách (nguồn) của cơ quan có thẩm quyền đang trên đường tới các nút; bỏ trống: bản chính sách",
		EN: "feed of an authority whose list is on its way to the nodes; left out: the release of the policy",
	}
	textOrderOnWay = wording.Text{
		VI: "Lệnh của danh sách %s ở vòng \"%s\": %d trong %d nút đang liên lạc đã dùng",
		EN: "The order of the list %s, in the ring \"%s\": in force on %d of %d nodes that speak",
	}
	textOrderHeld = wording.Text{
		VI: "Lệnh của danh sách %s DỪNG ở vòng \"%s\": %d trong %d nút đang liên lạc đã dùng; vì: %s",
		EN: "The order of the list %s is HELD in the ring \"%s\": in force on %d of %d nodes that speak; because: %s",
	}
	textOnTrial     = wording.Text{VI: "; %d nút còn theo dõi", EN: "; %d of them watch it still"}
	textReleaseHeld = wording.Text{
		VI: "Bản chính sách số %d DỪNG ở vòng \"%s\": %d trong %d nút đang liên lạc đã dùng; vì: %s",
		EN: "Release %d of the policy is HELD in the ring \"%s\": in force on %d of %d nodes that speak; because: %s",
	}
	textAdvance     = wording.Text{VI: "Cho bản chính sách mới tới vòng kế tiếp ngay", EN: "Have a release of the policy go on to the next ring now"}
	textAdvanceLong = wording.Text{
		VI: "Không chờ hết thời gian của vòng, cũng khi bản ấy đang dừng. Các vòng: canary, early, rồi mọi nút (fleet.rings).",
		EN: "It waits for no time of a ring, and goes on if it was held. The rings: canary, early, then all nodes (fleet.rings).",
	}
	textHold     = wording.Text{VI: "Dừng bản chính sách mới ở vòng đang có", EN: "Hold a release of the policy in the ring that it is in"}
	textHoldLong = wording.Text{
		VI: "Các nút đã nhận vẫn dùng bản ấy; lachan fleet rollback đưa chúng về bản trước.",
		EN: "Nodes that have it keep it; lachan fleet rollback takes them back to the one before.",
	}
	textRollBack     = wording.Text{VI: "Đưa mọi nút về bản chính sách trước", EN: "Take all nodes back to the release of the policy before"}
	textRollBackLong = wording.Text{
		VI: "Tới mọi nút ngay. Tệp trên máy trung tâm không đổi và không được gửi lại cho đến khi có thay đổi khác trong tệp.",
		EN: "It goes to all nodes at once. The files on the hub stay, and are not released again until something else changes in them.",
	}
)
