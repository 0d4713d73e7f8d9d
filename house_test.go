// Package lachan_test holds the rules of the house: what may import what, how
// large things get, what every package says of itself.
package lachan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "lachan"

// A room is what a package, and those below it that have no entry of their own,
// may import of ours. "x/..." is x and all below it.
type room struct {
	path string
	may  []string
	why  string
}

var rooms = []room{
	{"internal/wording", nil, "sentences depend on nothing, so that everybody may speak"},
	{"internal/charset", nil, "what offices save is read in the same way in every room"},
	{"internal/dates", nil, "a day is the same day in every room"},
	{"internal/printable", nil, "what others wrote is made fit for people in the same way in every room"},
	{"internal/fault", nil, "a fault of the program is contained the same way in every room"},
	{"internal/durable", nil, "files are written the same way in every room"},
	{"internal/mapped", nil, "files are mapped the same way in every room"},
	{"internal/confine", nil, "what a process gives up is the same for every process"},
	{"internal/descriptors", nil, "how many files may be open is the same for every process"},
	{"internal/suspended", nil, "time goes on in every room alike"},
	{"internal/places", nil, "who gives way is the same at every door"},
	{"internal/memory", nil, "the budget is the same for every process"},
	{"internal/message", nil, "processes talk of whatever their rooms want"},
	{"internal/eventloop", nil, "how many may work at a time is the same for every room"},
	{"internal/yamlfile", []string{"internal/wording", "internal/dates"}, "files that people write are read the same way in every room"},
	{"internal/testserver", nil, "the servers of others are started for tests alone"},
	{"console/device", []string{"internal/wording"}, "what devices are told is text, made of what cmd knows"},
	{"admin/request", []string{"internal/durable", "internal/printable"}, "what people ask is kept, and judged by nobody here"},
	{"admin", []string{"admin/...", "fleet", "policy/...", "blocklist/domain", "internal/..."}, "what may be decided does not depend on who shows it, nor on how it is put in force"},
	{"console/browser", []string{"admin/account"}, "what a request says of its browser is read by itself, so that pages, API and metrics read it alike"},
	{"console/statistics", []string{"metrics/report", "metrics/report/chart", "metrics/report/figures", "internal/wording"}, "figures are shown as they were counted, whoever looks at them"},
	{"console/frame", []string{"admin", "admin/account", "console/browser", "console/statistics", "policy", "internal/wording", "internal/printable"}, "what is around a page is the same for each: it permits nothing and keeps nothing"},
	{"console/frame/drawn", []string{"admin", "console/frame", "internal/wording"}, "pages are drawn the same way in the tests of every room"},
	{"console/entrance", []string{"admin", "admin/account/...", "console/frame", "console/browser", "internal/wording"}, "a page shows what it is told and sends a form to the door: it permits nothing and keeps nothing"},
	{"console/people", []string{"admin", "admin/account", "console/frame", "internal/wording"}, "a page shows what it is told and sends a form to the desk: it permits nothing and keeps nothing"},
	{"console/schools", []string{"admin", "admin/account", "console/frame", "policy", "internal/wording"}, "a page shows what it is told and sends a form to the desk: it permits nothing and keeps nothing"},
	{"console/watch", []string{"admin", "admin/account", "console/frame", "console/statistics", "internal/wording"}, "a page shows what it is told and sends a form to the desk: it permits nothing and keeps nothing"},
	{"console", []string{"console/frame", "console/entrance", "console/people", "console/schools", "console/watch", "admin/account", "internal/wording"}, "the table of pages knows where each is and for which roles it stands first, and nothing of what they show"},
	{"console/api", []string{"admin/...", "console/browser", "internal/wording", "internal/printable", "internal/durable"}, "a counter of the desk: it permits nothing and keeps nothing of what was decided"},
	{"admin/ledger", []string{"internal/durable"}, "what was decided is kept whatever it means, and whoever may decide it"},
	{"admin/ledger/finding", []string{"admin/ledger", "internal/wording"}, "what is wrong with a record is said in the same words by whoever looks for it"},
	{"fleet", nil, "names and heads are known to hubs and nodes, and know neither"},
	{"radius", []string{"resolver/sessions", "metrics", "internal/..."}, "what access servers say is read apart from what answers, and knows no policy"},
	{"fleet/late", []string{"internal/durable"}, "what nodes decided is kept for reports, whatever it means"},
	{"fleet/hub", []string{"fleet", "admin/ledger", "internal/durable"}, "a hub carries records whatever they mean"},
	{"fleet/node", []string{"fleet", "admin/ledger"}, "a node takes records whatever they mean"},
	{"admin/account/secret", []string{"internal/durable", "internal/wording"}, "a secret belongs to nobody before an account has it"},
	{"admin/account/session", []string{"internal/durable"}, "a session knows whose it is, not what he may"},
	{"admin/account/oidc", []string{"admin/account/secret"}, "who somebody is at a provider is asked before anybody says what that is worth"},
	{"admin/account/passkey", []string{"admin/account/secret"}, "a key proves who holds it, whatever that is good for"},
	{"admin/account/backoff", nil, "tries are counted, whoever makes them"},
	{"admin/tell", []string{"internal/..."}, "who is told is decided elsewhere, and what is told decides nothing"},
	{"admin/account", []string{"admin/account/...", "internal/..."}, "who somebody is does not depend on what is decided, nor what a role may on who decides"},
	{"console/blockpage", []string{"internal/wording", "internal/printable"}, "a page says what it is told: deciding is not its business, nor keeping"},
	{"blocklist/domain/suffixes", []string{"blocklist/domain"}, "a table is made by what reads it"},
	{"blocklist/domain", nil, "names are the leaf that all compare by"},
	{"blocklist", []string{"blocklist/...", "internal/fault", "internal/suspended", "internal/wording", "internal/durable", "internal/printable", "internal/charset", "internal/dates"}, "what a name is does not depend on who asks"},
	{"policy/lookalike", []string{"blocklist/domain", "internal/wording"}, "whom a name imitates is told by its form alone"},
	{"policy/catalogue", []string{"blocklist/domain", "internal/wording", "policy/lookalike"}, "facts that are built in know no rules"},
	{"policy/source", []string{"policy/catalogue", "internal/wording", "internal/yamlfile", "internal/dates", "internal/eventloop", "internal/charset", "internal/printable", "blocklist/format/table", "blocklist/format/xlsx"}, "what people write is read before anybody knows what it comes to"},
	{"policy/compiled", []string{"blocklist/...", "policy/catalogue", "policy/source", "internal/durable", "internal/mapped", "internal/wording", "internal/yamlfile"}, "a compiled policy is tables: neither who wrote them nor what they mean for a client"},
	{"policy/compile", []string{"blocklist/...", "policy/catalogue", "policy/source", "policy/compiled", "internal/wording", "internal/yamlfile", "internal/printable"}, "compiling ends in tables, and judges nobody"},
	{"policy/home", []string{"policy", "policy/source"}, "where a unit is written says nothing of what it may"},
	{"policy", []string{"blocklist/...", "policy/...", "internal/wording", "internal/yamlfile", "internal/durable", "internal/printable", "internal/dates"}, "a decision knows nothing of sockets, counters and files of others"},
	{"metrics/engine", []string{"metrics", "internal/wording", "internal/printable"}, "asking for figures does not depend on who counts them or who wants them"},
	{"metrics/history", []string{"metrics", "metrics/engine", "internal/wording", "internal/durable"}, "history keeps what was counted and decides nothing"},
	{"metrics/lull", []string{"internal/durable"}, "whether a school is quiet is told from its own days, whoever counts them"},
	{"metrics/tally", []string{"metrics", "internal/durable"}, "what tells of people is counted by one package that knows no lists and no files of others"},
	{"metrics/ship", []string{"metrics", "internal/wording", "internal/printable", "internal/durable"}, "sending history needs to read it, not to know how it is kept"},
	{"metrics/report/spoken", []string{"internal/wording"}, "words for periods are made codes, which others read"},
	{"metrics/report/figures", []string{"metrics", "metrics/engine", "metrics/tally", "metrics/report/spoken", "internal/fault", "internal/wording", "internal/dates"}, "numbers know nothing of the document that they are put in"},
	{"metrics/report", []string{"metrics", "metrics/engine", "metrics/tally", "metrics/report/...", "internal/wording", "internal/printable"}, "a report reads what was counted, nothing else"},
	{"metrics", nil, "counting is a leaf, so that counting can never decide"},
	{"resolver/cache", []string{"blocklist/domain", "policy", "resolver/dnswire", "internal/printable"}, "what is kept is kept for all: it knows questions, not queries"},
	{"resolver/listen", []string{"internal/eventloop"}, "who opens a socket does not know what is answered there"},
	{"resolver/inside", []string{"blocklist/domain"}, "what belongs inside a network is told by its name alone"},
	{"resolver/own", []string{"blocklist/domain", "resolver/dnswire", "resolver/inside"}, "what is answered here is told by the question alone, so that explanations share it"},
	{"resolver/tap", []string{"blocklist/domain", "resolver/dnswire", "resolver/inside"}, "what a collector is told knows neither groups nor policies"},
	{"resolver/standin", nil, "as whom the node asks is proven by bytes alone, for those who ask and those who answer"},
	{"resolver/firstseen", []string{"blocklist/domain"}, "whether a domain is new depends on nobody who asks"},
	{"cmd/lachan/manage/seen", []string{"internal/durable", "internal/message", "internal/wording", "metrics", "resolver/firstseen"}, "what was seen is kept as it comes"},
	{"resolver/tunnel", []string{"blocklist/domain", "resolver/dnswire"}, "a tunnel is told by its names and their number, whoever asks"},
	{"resolver/watch", nil, "what one client asks is remembered by its address and its text alone"},
	{"resolver/ratelimit", []string{"blocklist/domain"}, "a limit counts, and knows no query"},
	{"resolver/ddr", []string{"blocklist/domain", "resolver/dnswire", "resolver/listen"}, "what the server says of itself follows from settings and endpoints alone"},
	{"resolver/links", []string{"resolver/clientconn"}, "whose an address is does not depend on what is asked from it"},
	{"resolver/structured", []string{"policy", "resolver/dnswire", "internal/wording"}, "what programs are told of a block follows from the decision"},
	{"resolver/clientconn", []string{"resolver/listen", "internal/places"}, "connections know nothing of questions"},
	{"resolver/stream", []string{"metrics", "internal/places", "resolver/clientconn", "resolver/dnswire", "resolver/listen", "resolver/stream/http2"}, "a stream brings messages to a handler and knows no route"},
	{"resolver/stream/http2", []string{"resolver/clientconn"}, "a connection of HTTP/2 carries requests and knows no DNS"},
	{"resolver/certificate/renewal", []string{"resolver/certificate", "internal/fault"}, "asking for a certificate is apart from showing it"},
	{"resolver/dnswire", []string{"blocklist/domain"}, "messages are bytes and names"},
	{"resolver/upstream/exchange", []string{"resolver/dnswire"}, "what all transports share knows none of them"},
	{"resolver/upstream/udp", []string{"resolver/upstream/exchange", "resolver/dnswire", "internal/eventloop"}, "one transport knows no other, and no group"},
	{"resolver/upstream/stream", []string{"resolver/upstream/exchange", "resolver/dnswire", "internal/suspended"}, "one transport knows no other, and no group"},
	{"resolver/upstream", []string{"resolver/upstream/...", "resolver/dnswire", "blocklist/domain", "internal/wording", "internal/printable", "internal/suspended", "internal/eventloop"}, "asking elsewhere knows no policy: the route decides before and after"},
	{"resolver", []string{"blocklist/domain", "policy/...", "metrics", "resolver/...", "internal/wording", "internal/suspended", "internal/eventloop"}, "the resolver reaches lists only through policy.Rules, so that there is one place that decides"},
	{"bench/fleet", []string{"admin/ledger", "fleet", "fleet/hub", "fleet/node"}, "thousands of nodes are measured in one process; the example is done from outside"},
	{"bench/demo", []string{"admin/request", "metrics", "metrics/history"}, "what is from before the start is written as the program writes it; the rest is done from outside"},
	{"bench", []string{"bench/...", "internal/testserver"}, "measuring sees the program from outside, as clients and the kernel do"},
	{"cmd/lachan/config", []string{"cmd/lachan/config/console", "cmd/lachan/config/dnstap", "cmd/lachan/config/fleet", "cmd/lachan/config/radius", "blocklist/...", "metrics/...", "resolver/...", "internal/..."}, "a configuration is read before anything is made of it, the policy too"},
	{"cmd/lachan/config/dnstap", []string{"internal/wording"}, "a key is read before anything is made of it"},
	{"cmd/lachan/config/console", []string{"blocklist/domain", "internal/wording", "resolver/certificate"}, "a key is read before anything is made of it"},
	{"cmd/lachan/config/fleet", []string{"fleet", "internal/wording"}, "a key is read before anything is made of it"},
	{"cmd/lachan/config/radius", []string{"radius", "internal/wording"}, "a key is read before anything is made of it"},
	{"cmd/lachan/manage/tap", []string{"admin", "admin/ledger", "cmd/lachan/config", "cmd/lachan/inforce", "internal/message", "internal/wording", "metrics"}, "who is connected to a collector follows from what is decided and from lachan.yaml"},
	{"cmd/lachan/tested", []string{"internal/durable", "internal/wording"}, "what tests came to is kept for pages and reports, whoever tests"},
	{"cmd/lachan/manage/attendance", []string{"internal/wording", "metrics", "metrics/engine", "metrics/lull", "metrics/tally", "policy", "policy/source"}, "which schools are quiet is found from figures, and told; nothing is decided"},
	{"cmd/lachan/manage/selftest", []string{"blocklist", "blocklist/domain", "cmd/lachan/config", "cmd/lachan/tested", "internal/wording", "metrics", "policy", "policy/source", "resolver/standin", "resolver/tap"}, "who tests decides by the rules and asks from outside: it knows nothing of how answers are made"},
	{"cmd/lachan/manage/addresses", []string{"cmd/lachan/inforce", "internal/message", "radius", "resolver/sessions"}, "who answers is told of addresses and units, not of customers"},
	{"cmd/lachan/join", []string{"admin/ledger", "admin/ledger/finding", "blocklist/publish", "cmd/lachan/command", "cmd/lachan/config", "cmd/lachan/control", "cmd/lachan/manage/member", "cmd/lachan/manage/nodes", "fleet", "fleet/node", "internal/wording"}, "a machine joins by files that the server reads, also while none runs"},
	{"cmd/lachan/manage/nodes", []string{"admin", "admin/account", "admin/ledger", "admin/request", "blocklist/domain", "blocklist/order", "cmd/lachan/config", "console/api", "fleet", "fleet/hub", "fleet/late", "fleet/node", "internal/...", "metrics", "policy", "policy/source"}, "a hub decides nothing by itself: it carries what the desk has written"},
	{"cmd/lachan/manage/member", []string{"admin", "admin/ledger", "admin/request", "blocklist/order", "cmd/lachan/config", "fleet", "fleet/node", "internal/...", "metrics", "policy", "policy/source"}, "a node takes what its hub decides as files and entries, and has it put in force"},
	{"cmd/lachan/config/caution", []string{"cmd/lachan/config", "internal/wording", "internal/yamlfile"}, "what is dangerous is told of a configuration that was read"},
	{"cmd/lachan/source", []string{"cmd/lachan/config", "blocklist/...", "policy/...", "internal/..."}, "what lists and policy are made of is the same with a server and without"},
	{"cmd/lachan/command", []string{"cmd/lachan/config", "internal/..."}, "what commands have in common knows none of them"},
	{"cmd/lachan/explain", []string{"cmd/lachan/command", "cmd/lachan/config", "blocklist/domain", "blocklist/format/site", "policy", "resolver/ddr", "resolver/inside", "resolver/own", "internal/wording", "internal/dates", "internal/yamlfile"}, "a question is asked in the same way by a command and over HTTP"},
	{"cmd/lachan/facts", []string{"cmd/lachan/command", "policy/catalogue", "policy/source", "internal/wording"}, "what is built in is told without a configuration"},
	{"cmd/lachan/impact", nil, "server and command agree on what is told, not on how it is found"},
	{"cmd/lachan/offline", []string{"cmd/lachan/command", "cmd/lachan/config", "cmd/lachan/lookup", "cmd/lachan/config/caution", "cmd/lachan/explain", "cmd/lachan/source", "admin/request", "blocklist/...", "policy/...", "console/device", "internal/..."}, "a command that needs no server has none in it"},
	{"cmd/lachan/lists", []string{"cmd/lachan/command", "cmd/lachan/config", "cmd/lachan/facts", "cmd/lachan/impact", "cmd/lachan/offline", "cmd/lachan/source", "blocklist/...", "internal/..."}, "lists are looked after without a server and without counters"},
	{"cmd/lachan/report", []string{"cmd/lachan/command", "cmd/lachan/config", "cmd/lachan/explain", "cmd/lachan/lookup", "cmd/lachan/offline", "cmd/lachan/tested", "admin", "admin/ledger", "admin/request", "blocklist/...", "fleet/late", "policy/...", "metrics/...", "internal/..."}, "a document is made of figures and files, not by the process that answers"},
	{"cmd/lachan/evidence/pack", []string{"internal/printable", "internal/wording"}, "the form of a file is checked without knowing what its members mean"},
	{"cmd/lachan/evidence", []string{"admin", "admin/ledger", "admin/request", "blocklist/...", "cmd/lachan/command", "cmd/lachan/config", "cmd/lachan/control", "cmd/lachan/evidence/pack", "cmd/lachan/explain", "cmd/lachan/offline", "cmd/lachan/report", "cmd/lachan/tested", "console/api", "fleet/late", "internal/...", "metrics/report", "metrics/report/figures", "metrics/tally", "policy/..."}, "what an inspection gets is made of files and figures, and decides nothing"},
	{"cmd/lachan/access", []string{"console/browser", "cmd/lachan/command", "internal/wording", "internal/printable"}, "whether a request is answered does not depend on the answer"},
	{"cmd/lachan/control", []string{"admin/account", "console/api", "internal/wording"}, "the door of the machine leads to the same counter as the others"},
	{"cmd/lachan/decide", []string{"admin/ledger", "cmd/lachan/command", "cmd/lachan/control", "cmd/lachan/offline", "cmd/lachan/tested", "console/api", "internal/charset", "internal/wording"}, "a command asks the server, and decides nothing by itself"},
	{"cmd/lachan/crash", nil, "last words need nobody"},
	{"cmd/lachan/lookup", []string{"cmd/lachan/config", "resolver/upstream", "internal/eventloop"}, "a look-up knows whom to ask, not what for"},
	{"cmd/lachan/state", []string{"internal/durable"}, "what lies on the disk is kept as files, whatever is in them"},
	{"cmd/lachan/backup", []string{"cmd/lachan/command", "cmd/lachan/config", "cmd/lachan/control", "cmd/lachan/state", "internal/..."}, "a state is moved whole, by no room that knows a part of it"},
	{"cmd/lachan/inforce", []string{"cmd/lachan/config", "resolver/..."}, "two processes have messages in common and nothing else"},
	{"cmd/lachan/supervise", []string{"resolver/listen", "internal/..."}, "what owns the sockets parses nothing that comes from outside"},
	{"cmd/lachan/proven", []string{"cmd/lachan/inforce", "internal/durable"}, "what manage goes back to knows the names of files, not what is in them"},
	{"cmd/lachan/resolve", []string{"cmd/lachan/config", "cmd/lachan/crash", "cmd/lachan/inforce", "cmd/lachan/source", "blocklist", "blocklist/domain", "blocklist/transfer", "policy/...", "metrics/...", "resolver/...", "internal/..."}, "what answers shares a process with nothing else: no feeds, no documents, no pages"},
	{"deploy/image", nil, "an image is made of a program that was built, whatever is in it"},
	{"cmd", []string{"..."}, "only cmd introduces everybody"},
}

// roomOf is the entry with the longest path that holds a package.
func roomOf(pkg string) (found room, ok bool) {
	for _, r := range rooms {
		if (pkg == r.path || strings.HasPrefix(pkg, r.path+"/")) && len(r.path) >= len(found.path) {
			found, ok = r, true
		}
	}
	return found, ok
}

func (r room) allows(imported string) bool {
	return slices.ContainsFunc(r.may, func(m string) bool {
		below, all := strings.CutSuffix(m, "...")
		return imported == strings.TrimSuffix(below, "/") || all && strings.HasPrefix(imported, below)
	})
}

func TestImportsGoOneWay(t *testing.T) {
	for _, f := range sources(t) {
		if f.isTest || f.pkg == "." {
			continue
		}
		r, ok := roomOf(f.pkg)
		if !ok {
			t.Errorf("%s: package %s is in no room; give it one in house_test.go and ARCHITECTURE.md", f.name, f.pkg)
			continue
		}
		for _, i := range f.syntax.Imports {
			imported, _ := strconv.Unquote(i.Path.Value)
			own, ours := strings.CutPrefix(imported, module+"/")
			if ours && own != f.pkg && !r.allows(own) {
				t.Errorf("%s: %s may not import %s: %s", f.at(i), f.pkg, own, r.why)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said, all := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		if !f.isTest {
			all[f.pkg] = true
			said[f.pkg] = said[f.pkg] || f.syntax.Doc != nil
		}
	}
	for pkg := range all {
		if !said[pkg] {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

func TestNothingHappensBeforeMain(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: what a package needs is handed to it, not made behind the reader's back", f.at(d))
			}
		}
	}
}

// TestPackageVariablesDoNotChange: tables are fine, state is not. It sees
// assignments, not what is done through a pointer.
func TestPackageVariablesDoNotChange(t *testing.T) {
	variables := map[string]map[string]bool{} // by package
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		if variables[f.pkg] == nil {
			variables[f.pkg] = map[string]bool{}
		}
		for _, v := range f.variables() {
			for _, name := range v.Names {
				variables[f.pkg][name.Name] = true
			}
			if kind := stateful(v.Type); kind != "" {
				t.Errorf("%s: package-level %s is state that all share; put it in a struct", f.at(v), kind)
			}
		}
	}
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		for _, name := range f.assigned() {
			if variables[f.pkg][name.Name] {
				t.Errorf("%s: the package-level variable %s is assigned; put it in a struct", f.at(name), name.Name)
			}
		}
	}
}

// stateful names a type that is of use only when it changes.
func stateful(t ast.Expr) string {
	s, ok := t.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	from, ok := s.X.(*ast.Ident)
	if ok && (from.Name == "sync" || from.Name == "atomic") {
		return from.Name + "." + s.Sel.Name
	}
	return ""
}

func TestThingsStaySmall(t *testing.T) {
	const fileLines, functionLines = 400, 80
	for _, f := range sources(t) {
		if lines := f.line(f.syntax.FileEnd); !f.isTest && lines > fileLines {
			t.Errorf("%s has %d lines, more than %d: which two things are in it?", f.name, lines, fileLines)
		}
		for _, d := range f.syntax.Decls {
			if lines := f.line(d.End()) - f.line(d.Pos()) + 1; isFunc(d) && !f.isTest && lines > functionLines {
				t.Errorf("%s: a function of %d lines, more than %d: give its parts names", f.at(d), lines, functionLines)
			}
		}
	}
}

func isFunc(d ast.Decl) bool { _, ok := d.(*ast.FuncDecl); return ok }

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		for _, d := range f.syntax.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: exported %s has no doc comment", f.at(name), name.Name)
			}
		}
	}
}

// undocumented are the exported names of a declaration that say nothing of
// themselves. The comment of a group of constants or variables counts for all.
func undocumented(d ast.Decl) (names []*ast.Ident) {
	if fn, ok := d.(*ast.FuncDecl); ok {
		if fn.Doc == nil && fn.Name.IsExported() && onExported(fn) {
			names = append(names, fn.Name)
		}
		return names
	}
	group, ok := d.(*ast.GenDecl)
	if !ok || group.Doc != nil {
		return nil
	}
	for _, s := range group.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Doc == nil && s.Comment == nil && s.Name.IsExported() {
				names = append(names, s.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if s.Doc == nil && s.Comment == nil && name.IsExported() {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// onExported says whether a function is none of a type, or of one that others
// can name. Methods that every reader knows by their interface need no comment.
func onExported(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	known := []string{"Error", "Unwrap", "String", "Len", "Less", "Swap", "Describe", "Collect", "Write", "Read", "Close"}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.IsExported() && !slices.Contains(known, fn.Name.Name)
}

func TestNamesSayWhatIsInThem(t *testing.T) {
	for _, f := range sources(t) {
		for _, empty := range []string{"helper", "manager", "util", "registry", "common", "misc"} {
			if strings.Contains(path.Base(f.name), empty) || strings.Contains(f.syntax.Name.Name, empty) {
				t.Errorf("%s: %q says nothing of what is in it", f.name, empty)
			}
		}
		for _, c := range f.syntax.Comments {
			if text := c.Text(); strings.Contains(text, "TO"+"DO") || strings.Contains(text, "FIX"+"ME") {
				t.Errorf("%s: do it, or leave it out and say so", f.at(c))
			}
		}
	}
}

// A source is one file of Go.
type source struct {
	name   string // from the root
	pkg    string // its directory
	isTest bool
	syntax *ast.File
	set    *token.FileSet
}

func (f source) at(n ast.Node) string {
	return f.name + ":" + strconv.Itoa(f.line(n.Pos()))
}

func (f source) line(p token.Pos) int { return f.set.Position(p).Line }

// variables are the declarations of package-level variables.
func (f source) variables() (found []*ast.ValueSpec) {
	for _, d := range f.syntax.Decls {
		if group, ok := d.(*ast.GenDecl); ok && group.Tok == token.VAR {
			for _, s := range group.Specs {
				found = append(found, s.(*ast.ValueSpec))
			}
		}
	}
	return found
}

// assigned are the names that functions assign to, or to a part of, and that
// are not declared in a function.
func (f source) assigned() (names []*ast.Ident) {
	add := func(e ast.Expr) {
		if name := root(e); name != nil && (name.Obj == nil || slices.ContainsFunc(f.variables(), func(v *ast.ValueSpec) bool { return name.Obj.Decl == v })) {
			names = append(names, name)
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				add(e)
			}
		case *ast.IncDecStmt:
			add(n.X)
		}
		return true
	})
	return names
}

// root is the variable that an expression on the left is, or is part of.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// sources reads every Go file of this module: what stands in for modules of others (absent) has no rooms.
func sources(t *testing.T) (files []source) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "state" || name == "absent"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		syntax, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		files = append(files, source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), syntax, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
