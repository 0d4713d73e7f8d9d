// Package fleet is the key `fleet` of lachan.yaml: how a machine serves the nodes that join
// it. It is read like the rest, and starts nothing.
package fleet

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	// URL has the servers of a NATS cluster that carries to nodes in place of one in this
	// process, such as "tls://nats-1.example:4222,tls://nats-2.example:4222". Default none.
	URL string `yaml:"url"`
	// CA is a file of certificates in PEM that vouch for those servers. Default: those of the
	// system.
	CA string `yaml:"ca"`
	// Hubs are the addresses of the three hubs of a fleet that has more than one, as nodes reach
	// them and in the same order at each: Address is one of them. Default none: this is the only
	// hub.
	Hubs []string `yaml:"hubs"`
	// Between is where the other two hubs come to this one. They are asked for at the same port
	// of the names in Hubs.
	Between netip.AddrPort `yaml:"between"`
	// Rings are how long a release of the policy is in force in one ring of nodes before it
	// goes on to the next.
	Rings Rings `yaml:"rings"`
	// Orders are how long a list of an authority is in force in one ring of nodes before it goes
	// on to the next. Default 10m and 20m: an urgent order has six hours.
	Orders Rings `yaml:"orders"`
	// RenewSecrets is how often the nodes of an area get other secrets of TLS session tickets and
	// DNS cookies. Default 24h; from 1s to 7d.
	RenewSecrets time.Duration `yaml:"renew_secrets"`
}

// Rings are the times of the rings.
type Rings struct {
	// Canary is that of the first, one node of a hundred. Default 30m, of orders 10m; up to 30d.
	Canary time.Duration `yaml:"canary"`
	// Early is that of the second, one node of ten. Default 4h, of orders 20m; up to 30d.
	Early time.Duration `yaml:"early"`
}

// Default is what holds when a key is left out.
func Default() Fleet {
	return Fleet{
		Rings:  Rings{Canary: 30 * time.Minute, Early: 4 * time.Hour},
		Orders: Rings{Canary: 10 * time.Minute, Early: 20 * time.Minute}, RenewSecrets: 24 * time.Hour,
	}
}

// How often secrets may be renewed: a session ticket is good for a week at most.
const (
	leastRenewed = time.Second
	mostRenewed  = 7 * 24 * time.Hour
)

// mostRing bounds the times of rings.
const mostRing = 30 * 24 * time.Hour

// mostAreas bounds how many areas there are: each is a stream of its own.
const mostAreas = 100

// Check reports what is wrong with values that are right by themselves, each with its path
// below `fleet`.
func (f *Fleet) Check(wrong func(path string, text wording.Text)) {
	for path, wait := range map[string]time.Duration{
		"rings.canary": f.Rings.Canary, "rings.early": f.Rings.Early,
		"orders.canary": f.Orders.Canary, "orders.early": f.Orders.Early,
	} {
		if wait < 0 || wait > mostRing {
			wrong(path, textRing)
		}
	}
	if f.RenewSecrets < leastRenewed || f.RenewSecrets > mostRenewed {
		wrong("renew_secrets", textRenew)
	}
	if !f.Listen.IsValid() {
		if f.Address != "" || len(f.Areas) > 0 || f.URL != "" || len(f.Hubs) > 0 {
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
	f.checkCluster(wrong)
	f.checkHubs(wrong)
	for i, area := range f.Areas {
		if !fleet.ValidName(area) || area == fleet.Root {
			wrong("areas["+strconv.Itoa(i)+"]", textArea.With(area))
		}
	}
}

// mostServers bounds how many servers of a cluster are named.
const mostServers = 16

// checkCluster reports what is wrong with the cluster in place of a server here.
func (f *Fleet) checkCluster(wrong func(path string, text wording.Text)) {
	if f.URL == "" {
		if f.CA != "" {
			wrong("url", textURLMissing)
		}
		return
	}
	servers := strings.Split(f.URL, ",")
	if len(servers) > mostServers {
		wrong("url", textServers.With(len(servers), mostServers))
		return
	}
	first := ""
	for _, text := range servers {
		u, err := url.Parse(strings.TrimSpace(text))
		switch {
		case err != nil, u.Scheme != "tls" && u.Scheme != "nats", u.Hostname() == "", u.Port() != "" && !isPort(u.Port()),
			u.Path != "" || u.RawQuery != "" || u.Fragment != "":
			wrong("url", textURL.With(text))
		case u.User != nil:
			wrong("url", textURLUser)
		case first != "" && u.Scheme != first:
			wrong("url", textURLMixed)
		default:
			first = u.Scheme
		}
	}
}

// Three is how many hubs a fleet has that has more than one: one may be lost.
const Three = 3

// checkHubs reports what is wrong with the hubs of a fleet that has three.
func (f *Fleet) checkHubs(wrong func(path string, text wording.Text)) {
	if len(f.Hubs) == 0 {
		if f.Between.IsValid() {
			wrong("hubs", textHubsMissing)
		}
		return
	}
	if f.URL != "" {
		wrong("url", textHubsURL)
	}
	if !f.Between.IsValid() || f.Between.Port() == 0 {
		wrong("between", textBetween)
	}
	if len(f.Hubs) != Three {
		wrong("hubs", textThree.With(len(f.Hubs)))
	}
	for i, address := range f.Hubs {
		path := "hubs[" + strconv.Itoa(i) + "]"
		switch host, port, err := net.SplitHostPort(address); {
		case err != nil || host == "" || !isPort(port):
			wrong(path, textAddress.With(address))
		case slices.Contains(f.Hubs[:i], address):
			wrong(path, textHubTwice.With(address))
		}
	}
	if !slices.Contains(f.Hubs, f.Reached()) {
		wrong("address", textNotOneOf.With(f.Reached()))
	}
}

// Partners are the other hubs: the addresses for nodes, and for hubs.
func (f *Fleet) Partners() (nodes, hubs []string) {
	for _, address := range f.Hubs {
		if host, _, err := net.SplitHostPort(address); err == nil && address != f.Reached() {
			nodes = append(nodes, address)
			hubs = append(hubs, net.JoinHostPort(host, strconv.Itoa(int(f.Between.Port()))))
		}
	}
	return nodes, hubs
}

// First reports whether this hub is the first of three, which begins the ledger of all.
func (f *Fleet) First() bool { return len(f.Hubs) > 0 && f.Hubs[0] == f.Reached() }

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
		VI: "thiếu: không có địa chỉ này thì máy không là máy trung tâm, và fleet.address, fleet.areas, fleet.hubs, fleet.url không có tác dụng",
		EN: "missing: without it this is no hub, and fleet.address, fleet.areas, fleet.hubs and fleet.url have no effect",
	}
	textAddress = wording.Text{
		VI: "%q không phải tên hoặc địa chỉ kèm cổng, như trung-tam.example:4443",
		EN: "%q is no name or address with a port, such as hub.example:4443",
	}
	textAreas = wording.Text{
		VI: "%d vùng, nhiều nhất %d",
		EN: "%d areas, at most %d",
	}
	textHubsMissing = wording.Text{
		VI: "thiếu: không có ba máy trung tâm thì fleet.between không có tác dụng",
		EN: "missing: without three hubs fleet.between has no effect",
	}
	textHubsURL = wording.Text{
		VI: "không dùng cùng fleet.hubs: ba máy trung tâm tự là một cụm",
		EN: "cannot be together with fleet.hubs: three hubs are a cluster themselves",
	}
	textBetween = wording.Text{
		VI: "thiếu: địa chỉ và cổng mà hai máy trung tâm kia nối tới, như \"0.0.0.0:4444\"",
		EN: "missing: the address and port where the other two hubs come to, such as \"0.0.0.0:4444\"",
	}
	textThree = wording.Text{
		VI: "có %d địa chỉ, phải là ba: mất một máy thì hai máy còn lại vẫn quyết định được",
		EN: "has %d addresses and needs three: with one lost, two go on",
	}
	textHubTwice = wording.Text{VI: "%q ghi hai lần", EN: "%q is there twice"}
	textNotOneOf = wording.Text{
		VI: "%q không có trong fleet.hubs, nơi phải ghi cả máy này",
		EN: "%q is not in fleet.hubs, which has to name this machine too",
	}
	textURL = wording.Text{
		VI: "%q không phải địa chỉ máy chủ NATS, như tls://nats-1.example:4222",
		EN: "%q is no address of a NATS server, such as tls://nats-1.example:4222",
	}
	textURLUser = wording.Text{
		VI: "không ghi tên và mật khẩu ở đây: cụm NATS biết máy trung tâm qua khóa mà lachan fleet nats tạo",
		EN: "no name and no password belong here: the NATS cluster knows the hub by the keys that lachan fleet nats makes",
	}
	textURLMixed = wording.Text{
		VI: "mọi máy chủ phải cùng là tls:// hoặc cùng là nats://",
		EN: "all servers have to be tls:// or all nats://",
	}
	textURLMissing = wording.Text{
		VI: "thiếu: không có địa chỉ cụm NATS thì fleet.ca không có tác dụng",
		EN: "missing: without the address of a NATS cluster fleet.ca has no effect",
	}
	textServers = wording.Text{VI: "%d máy chủ, nhiều nhất %d", EN: "%d servers, at most %d"}
	textRing    = wording.Text{VI: "phải từ 0s đến 30d", EN: "has to be from 0s to 30d"}
	textRenew   = wording.Text{VI: "phải từ 1s đến 7d", EN: "has to be from 1s to 7d"}
	textArea    = wording.Text{
		VI: "%q không làm tên vùng được: hãy ghi mã đơn vị gồm chữ thường, số và dấu nối, khác root",
		EN: "%q cannot be an area: give the id of a unit of lower-case letters, digits and hyphens, other than root",
	}
)
