// Package fleet is the key `fleet` of lachan.yaml: how a machine serves the nodes that join
// it. It is read like the rest, and starts nothing.
package fleet

import (
	"net"
	"net/netip"
	"strconv"
	"time"

	"lachan/fleet"
	"lachan/internal/wording"
)

// A Fleet is how this machine is the hub of others. Those that join it have no key here:
// what they joined lies with their state.
type Fleet struct {
	// Listen is where nodes connect, over TLS. Default none: this is no hub.
	Listen netip.AddrPort `yaml:"listen"`
	// Address is how nodes reach it: a name or an address, and the port. Default: Listen.
	Address string `yaml:"address"`
	// Areas are units at the top, such as provinces, whose decisions only their own nodes
	// get. What is decided of other units all nodes get. Default none.
	Areas []string `yaml:"areas"`
	// Rings are how long a release of the policy is in force in one ring of nodes before it
	// goes on to the next.
	Rings Rings `yaml:"rings"`
}

// Rings are the times of the rings.
type Rings struct {
	// Canary is that of the first, one node of a hundred. Default 30m; up to 30d.
	Canary time.Duration `yaml:"canary"`
	// Early is that of the second, one node of ten. Default 4h; up to 30d.
	Early time.Duration `yaml:"early"`
}

// Default is what holds when a key is left out.
func Default() Fleet { return Fleet{Rings: Rings{Canary: 30 * time.Minute, Early: 4 * time.Hour}} }

// mostRing bounds the times of rings.
const mostRing = 30 * 24 * time.Hour

// mostAreas bounds how many areas there are: each is a stream of its own.
const mostAreas = 100

// Check reports what is wrong with values that are right by themselves, each with its path
// below `fleet`.
func (f *Fleet) Check(wrong func(path string, text wording.Text)) {
	for name, wait := range map[string]time.Duration{"canary": f.Rings.Canary, "early": f.Rings.Early} {
		if wait < 0 || wait > mostRing {
			wrong("rings."+name, textRing)
		}
	}
	if !f.Listen.IsValid() {
		if f.Address != "" || len(f.Areas) > 0 {
			wrong("listen", textListen)
		}
		return
	}
	if _, port, err := net.SplitHostPort(f.Address); f.Address != "" && (err != nil || !isPort(port)) {
		wrong("address", textAddress.With(f.Address))
	}
	if len(f.Areas) > mostAreas {
		wrong("areas", textAreas.With(len(f.Areas), mostAreas))
	}
	for i, area := range f.Areas {
		if !fleet.ValidName(area) || area == fleet.Root {
			wrong("areas["+strconv.Itoa(i)+"]", textArea.With(area))
		}
	}
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// Reached is how nodes reach this hub.
func (f *Fleet) Reached() string {
	if f.Address != "" {
		return f.Address
	}
	return f.Listen.String()
}

var (
	textListen = wording.Text{
		VI: "thiếu: không có địa chỉ này thì máy không là máy trung tâm, và fleet.address, fleet.areas không có tác dụng",
		EN: "missing: without it this is no hub, and fleet.address and fleet.areas have no effect",
	}
	textAddress = wording.Text{
		VI: "%q không phải tên hoặc địa chỉ kèm cổng, như trung-tam.example:4443",
		EN: "%q is no name or address with a port, such as hub.example:4443",
	}
	textAreas = wording.Text{
		VI: "%d vùng, nhiều nhất %d",
		EN: "%d areas, at most %d",
	}
	textRing = wording.Text{VI: "phải từ 0s đến 30d", EN: "has to be from 0s to 30d"}
	textArea = wording.Text{
		VI: "%q không làm tên vùng được: hãy ghi mã đơn vị gồm chữ thường, số và dấu nối, khác root",
		EN: "%q cannot be an area: give the id of a unit of lower-case letters, digits and hyphens, other than root",
	}
)
