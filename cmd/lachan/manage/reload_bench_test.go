package manage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/cmd/lachan/config"
	"lachan/internal/yamlfile"
)

// countryOf is a policy of so many schools in 34 provinces and 3,321 communes,
// each with networks of both families, two groups, two timetable rules and ten
// entries of its own.
func countryOf(schools int) string {
	var b strings.Builder
	b.WriteString(`profiles: {hs: {block: [gambling, adult]}, gv: {block: [phishing]}}
timetables:
  sang: {days: mon-sat, from: "07:00", to: "11:30"}
  chieu: {days: mon-fri, from: "13:00", to: "17:00"}
units:
`)
	for i := range 34 {
		fmt.Fprintf(&b, "- {id: t%d, kind: province, lock: [phishing]}\n", i)
	}
	for i := range 3321 {
		fmt.Fprintf(&b, "- {id: x%d, parent: t%d, kind: commune}\n", i, i%34)
	}
	for i := range schools {
		fmt.Fprintf(&b, "- {id: s%d, parent: x%d, kind: school, profile: hs, networks: [10.%d.%d.0/24, 2001:db8:%x::/48],\n", i, i%3321, i>>8, i&255, i)
		fmt.Fprintf(&b, "  groups: [{id: gv, profile: gv, networks: [10.%d.%d.0/27]}, {id: vp, profile: gv, networks: [10.%d.%d.32/27]}],\n", i>>8, i&255, i>>8, i&255)
		b.WriteString("  rules: [{during: sang, block: [short-video]}, {during: chieu, block: [games]}],\n  block: [")
		for e := range 10 {
			fmt.Fprintf(&b, "n%d-%d.example, ", i%997, e)
		}
		b.WriteString("]}\n")
	}
	return b.String()
}

// BenchmarkReloadOfOneChangedSchool is what SIGHUP does until the new rule of
// one of 40,000 schools is in force.
func BenchmarkReloadOfOneChangedSchool(b *testing.B) {
	dir := b.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	write("lachan.yaml", "state_dir: state\nserver: {listen: [\"127.0.0.1:0\"]}\nhttp: {listen: \"\"}\nupstream: {servers: [127.0.0.1:9]}\n")
	country := countryOf(40_000)
	write("policy.yaml", country)
	load := func() (*config.Config, yamlfile.Problems) { return config.Load(filepath.Join(dir, "lachan.yaml"), nil) }
	cfg, problems := load()
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	n, problems, err := newNode(b.Context(), cfg, load, []string{"--config", filepath.Join(dir, "lachan.yaml")}, "test")
	if n == nil || err != nil {
		b.Fatal(problems, err)
	}
	defer n.children.wait()
	i := 0
	for b.Loop() {
		b.StopTimer()
		fresh := fmt.Sprintf("fresh-%d.example", i)
		write("policy.yaml", country+"- {id: moi, kind: school, networks: [192.0.2.0/24], block: ["+fresh+"]}\n")
		i++
		b.StartTimer()
		n.reload(b.Context())
		rules := n.view.Load().rules
		g, ok := rules.Policy().GroupOf("moi")
		if e, err := rules.Explain(g, fresh, 1); !ok || err != nil || e.Action != "block" {
			b.Fatalf("the new rule is not in force: %+v, %v", e, err)
		}
	}
	b.StopTimer()
	n.children.stop("updater")
	n.children.stop("upstreams")
}
