package resolver_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/miekg/dns"
)

// signed is the policy of a school that says whom to ask.
const signed = `
profiles:
  hs: {block: [gambling, malware, self-harm]}
units:
  - {id: tinh, kind: province, lock: [authority-order, phishing]}
  - id: truong
    parent: tinh
    name: Trường "Kim Đồng"
    kind: school
    profile: hs
    networks: [127.1.0.0/16]
    contact: ["mailto:it@truong.example", "https://truong.example", "tel:+842143888888"]
    block: [own.example]
    groups: [{id: khach, name: Khách, networks: [127.2.0.0/16], profile: hs, contact: ["tel:111"]}]
`

// readsStructure is what clients send that read structured errors.
func readsStructure(m *dns.Msg) {
	m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeOther})
}

func extraText(m *dns.Msg) string {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				return e.ExtraText
			}
		}
	}
	return ""
}

func TestStructuredErrorsSayWhomToAskAndWhy(t *testing.T) {
	lists := map[string]string{
		"authority-order": "0.0.0.0 ordered.example", "phishing": "0.0.0.0 phish.example", "gambling": "0.0.0.0 bet.example",
		"malware": "0.0.0.0 evil.example", "self-harm": "0.0.0.0 harm.example",
	}
	n := newNode(t, lists, newSource(t, lesson+"to-bet.example. CNAME bet.example.\n").addr)
	n.settings.Replies.StructuredErrors = true
	n.load(signed)
	n.use()
	f := func(from, name, want string) {
		t.Helper()
		m := n.ask(from, name, dns.TypeA, readsStructure)
		var got, wanted map[string]any
		text := extraText(m)
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
	const school = `"mailto:it@truong.example","tel:+842143888888"`
	says := func(contacts, why, more string) string {
		return fmt.Sprintf(`{"c":[%s],"j":%q,"o":"Trường \"Kim Đồng\"","l":"vi"%s}`, contacts, why, more)
	}
	all, help := school+`,"tel:111"`, `"tel:111",`+school
	f(pupil, "bet.example", says(all, "Cờ bạc, cá cược, đánh bài đổi thưởng: không được dùng ở đây vào lúc này", ""))
	f(pupil, "to-bet.example", says(all, "Cờ bạc, cá cược, đánh bài đổi thưởng: không được dùng ở đây vào lúc này", ""))
	f(pupil, "harm.example", says(help, "Tự hại, tự tử: không được dùng ở đây vào lúc này", ""))
	f(pupil, "evil.example", says(all, "Mã độc, máy chủ điều khiển: không được dùng ở đây vào lúc này", `,"s":1`))
	f(pupil, "phish.example", says(all, "Lừa đảo trực tuyến, giả mạo: trường hoặc cơ quan quản lý không cho phép", `,"s":2`))
	f(pupil, "ordered.example", says(all, "Theo yêu cầu của cơ quan có thẩm quyền: chặn theo yêu cầu của cơ quan có thẩm quyền", ""))
	f(pupil, "mask.icloud.com", says(all, "Proxy, VPN, Tor, DoH, relay: trường hoặc cơ quan quản lý không cho phép", `,"s":5`))
	f(teacher, "bet.example", says(`"tel:111"`, "Cờ bạc, cá cược, đánh bài đổi thưởng: không được dùng ở đây vào lúc này", ""))

	plain := func(what string, change ...func(*dns.Msg)) {
		t.Helper()
		if text := extraText(n.ask(pupil, "bet.example", dns.TypeA, change...)); text != "gambling: not allowed here at this time" {
			t.Errorf("%s: %s", what, text)
		}
	}
	plain("who does not ask for it")
	plain("who sends a text", func(m *dns.Msg) {
		m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeOther, ExtraText: "x"}}
	})
	plain("who sends an error", func(m *dns.Msg) {
		m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeBlocked}}
	})
	if m := n.ask(pupil, "bet.example", dns.TypeA, readsStructure, func(m *dns.Msg) { m.IsEdns0().SetUDPSize(512) }); m.Len() > 512 || m.Truncated {
		t.Errorf("%d octets, cut: %v", m.Len(), m.Truncated)
	}
	n.settings.Replies.StructuredErrors = false
	n.use()
	plain("without the setting", readsStructure)
}
