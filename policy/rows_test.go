package policy_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/policy"
)

// A district is a policy with one table of schools, loaded again and again as a
// server does.
type district struct {
	t      *testing.T
	path   string
	strict bool
	store  *policy.Store
}

func newDistrict(t *testing.T, yaml string) *district {
	t.Helper()
	dir := t.TempDir()
	d := &district{t: t, path: filepath.Join(dir, "policy.yaml"), store: policy.NewStore(filepath.Join(dir, "state"))}
	if err := os.WriteFile(d.path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// load reads the table again, and keeps what it comes to.
func (d *district) load(table string) (*policy.Policy, string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.path), "u.csv"), []byte(table), 0o600); err != nil {
		d.t.Fatal(err)
	}
	from := policy.Origin{Path: d.path, Zone: hanoi, Strict: d.strict, Before: d.store.Rows()}
	p, problems := from.Load()
	var said []string
	for _, problem := range problems {
		said = append(said, fmt.Sprintf("%d: %s", problem.Line, problem.Text.EN))
	}
	if p != nil {
		if _, err := d.store.Save(p); err != nil {
			d.t.Fatal(err)
		}
	}
	return p, strings.Join(said, "\n")
}

// unitAt is the unit of a client, "" if it is of none.
func unitAt(p *policy.Policy, addr string) string {
	g, known := p.At(nil, now, 1).Identify(netip.MustParseAddr(addr))
	if !known {
		return ""
	}
	return p.Group(g).School
}

const commune = "units:\n- {id: xa, kind: commune}\nunits_csv: [u.csv]\n"

// TestAMistakeInARowLeavesThatSchoolAsItWas: the others are loaded, and it is said.
func TestAMistakeInARowLeavesThatSchoolAsItWas(t *testing.T) {
	const head = "id,parent,name,level,networks\n"
	const a, b = "th-a,xa,A,Tiểu học,10.1.0.0/16\n", "th-b,xa,B,THCS,10.2.0.0/16\n"
	f := func(what, table, wantA, wantB, wantC, says string) {
		t.Helper()
		d := newDistrict(t, commune)
		if p, said := d.load(head + a + b); p == nil || said != "" {
			t.Fatalf("%s: at first %v", what, said)
		}
		p, said := d.load(table)
		if p == nil {
			t.Fatalf("%s: refused: %s", what, said)
		}
		got := [3]string{unitAt(p, "10.1.2.3"), unitAt(p, "10.2.2.3"), unitAt(p, "10.3.2.3")}
		if got != [3]string{wantA, wantB, wantC} || !strings.Contains(said, says) || (says == "") != (said == "") {
			t.Errorf("%s: %q, said %q", what, got, said)
		}
		if len(p.Rejected()) == 0 != (said == "") || len(reopen(t, p).Rejected()) != len(p.Rejected()) {
			t.Errorf("%s: rejected %v", what, p.Rejected())
		}
		if again, saidAgain := d.load(table); again == nil || saidAgain != said {
			t.Errorf("%s: loaded again it says %q, not %q", what, saidAgain, said)
		}
	}
	const c = "th-c,xa,C,THPT,10.3.0.0/16\n"
	kept, out := "this unit stays as its last good row has it", "this unit is left out"
	f("nothing wrong", head+a+b+c, "th-a", "th-b", "th-c", "")
	f("a level", head+"th-a,xa,A,Đại học,10.9.0.0/16\n"+b+c, "th-a", "th-b", "th-c", `no school level "Đại học"; there are: "preschool", `)
	f("a network", head+"th-a,xa,A,Tiểu học,10.1.0.0/x\n"+b+c, "th-a", "th-b", "th-c", kept)
	f("a parent", head+"th-a,xb,A,Tiểu học,10.9.0.0/16\n"+b+c, "th-a", "th-b", "th-c", kept)
	f("a new school", head+a+b+"th-c,xa,C,Đại học,10.3.0.0/16\n", "th-a", "th-b", "", out)
	f("a network that is taken by a new school", head+"th-c,xa,C,THPT,10.1.0.0/16\n"+a+b, "th-a", "th-b", "", out)
	f("the same, below", head+a+b+"th-c,xa,C,THPT,10.1.0.0/16\n", "th-a", "th-b", "", out)
	f("a network within another's", head+a+b+"th-c,xa,C,THPT,10.1.7.0/24\n", "th-a", "th-b", "", out)
	f("a network that moves to a school whose row is wrong", head+"th-a,xa,A,Đại học,10.9.0.0/16\n"+"th-b,xa,B,THCS,10.1.0.0/16\n"+c, "th-a", "th-b", "th-c", kept)
	f("networks that change places", head+"th-a,xa,A,Tiểu học,10.2.0.0/16\n"+"th-b,xa,B,THCS,10.1.0.0/16\n"+c, "th-b", "th-a", "th-c", "")
	f("an id twice", head+a+"th-a,xa,A,Tiểu học,10.9.0.0/16\n"+b+c, "th-a", "th-b", "th-c", "already at")
	f("an id twice, the new one first", head+"th-a,xa,A,Tiểu học,10.9.0.0/16\n"+a+b+c, "th-a", "th-b", "th-c", "already at")
	f("an id that is none", head+a+b+"TH C!,xa,C,THPT,10.3.0.0/16\n", "th-a", "th-b", "", out)
	f("no id", head+",xa,A,Tiểu học,10.1.0.0/16\n"+b+c, "th-a", "th-b", "th-c", "the row has no id")
	f("a quote", head+"th-a,xa,\"A,Tiểu học,10.1.0.0/16\n"+b+c, "th-a", "th-b", "th-c", "a quote")
	f("too many cells", head+"th-a,xa,A,Tiểu học,10.1.0.0/16,,x\n"+b+c, "th-a", "th-b", "th-c", kept)
	f("a school that is gone", head+b+c, "", "th-b", "th-c", "")
}

// TestAParentMayBeCalledByItsName: as tables of offices have it, unless two have that name.
func TestAParentMayBeCalledByItsName(t *testing.T) {
	f := func(parent, says string) {
		t.Helper()
		d := newDistrict(t, `units:
- {id: sa-pa, name: Xã Sa Pa, kind: commune}
- {id: one, name: Phường Một, kind: commune}
- {id: two, name: phường một, kind: commune}
- {id: th-b, name: Trường B}
units_csv: [u.csv]
`)
		p, said := d.load("Mã đơn vị,Tên trường,Thuộc xã/phường,Dải mạng\nth-a,Trường A," + parent + ",10.1.0.0/16\n")
		if p == nil || !strings.Contains(said, says) || (says == "") != (said == "") {
			t.Fatalf("%s: said %q", parent, said)
		}
		if g, there := p.GroupOf("th-a"); says == "" && (!there || policy.Above(p, "th-a") != "sa-pa") {
			t.Errorf("%s: %v below %q", parent, g, policy.Above(p, "th-a"))
		}
	}
	f("sa-pa", "")
	f("Xã Sa Pa", "")
	f("xã  sa pa", "")
	f("Xa Sa Pa", "")
	f("Phường Một", `there is no unit "Phường Một"`)
	f("Trường B", `there is no unit "Trường B"`)
	f("Xã Khác", `there is no unit "Xã Khác"`)
}

// TestUnitsBelowOneThatIsLeftOut follow it, level by level.
func TestUnitsBelowOneThatIsLeftOut(t *testing.T) {
	d := newDistrict(t, "units_csv: [u.csv]\n")
	p, said := d.load("id,parent,kind,level,networks\nxa,,xã,,\nxb,tinh,xã,,\nth-b,xb,,THCS,10.2.0.0/16\ngv,th-b,nhóm,,10.2.1.0/24\nth-a,xa,,THCS,10.1.0.0/16\n")
	if p == nil || unitAt(p, "10.1.0.1") != "th-a" || unitAt(p, "10.2.0.1") != "" || strings.Count(said, "is left out") != 3 {
		t.Errorf("%v: %s", p, said)
	}
}

func TestStrictUnitsAreAllOrNothing(t *testing.T) {
	d := newDistrict(t, commune)
	d.strict = true
	if p, said := d.load("id,parent,level,networks\nth-a,xa,Đại học,10.1.0.0/16\nth-b,xa,THCS,10.2.0.0/16\n"); p != nil || !strings.Contains(said, "no school level") || strings.Contains(said, "left out") {
		t.Errorf("%v: %s", p, said)
	}
	if p, said := d.load("id,students\nth-a,x\n"); p != nil || !strings.Contains(said, "students") {
		t.Errorf("%v: %s", p, said)
	}
}

// TestAMistakeOfPolicyYAMLIsNoRows: all stays as it was then, with each mistake told.
func TestAMistakeOfPolicyYAMLIsNoRows(t *testing.T) {
	d := newDistrict(t, "units:\n- {id: xa, kind: commune, profile: nothing}\nunits_csv: [u.csv]\n")
	if p, said := d.load("id,parent,level\nth-a,xa,Đại học\n"); p != nil || !strings.Contains(said, "no profile") || !strings.Contains(said, "no school level") {
		t.Errorf("%v: %s", p, said)
	}
}

// TestWhatARowThatIsLeftOutBreaksIsToldWithIt: the unit of a file stands below it.
func TestWhatARowThatIsLeftOutBreaksIsToldWithIt(t *testing.T) {
	d := newDistrict(t, "units:\n- {id: lop, kind: group, parent: th-a}\nunits_csv: [u.csv]\n")
	if p, said := d.load("id,parent,level\nth-a,,Đại học\n"); p != nil || !strings.Contains(said, "no school level") || !strings.Contains(said, "th-a") {
		t.Errorf("%v: %s", p, said)
	}
}

// TestTheSameMistakeOfManyRowsIsToldOnce with a count.
func TestTheSameMistakeOfManyRowsIsToldOnce(t *testing.T) {
	table := "id,parent,level,networks\n"
	for i := range 300 {
		table += fmt.Sprintf("th-%d,xa,Đại học,10.0.%d.%d/32\n", i, i/256, i%256)
	}
	_, said := newDistrict(t, commune).load(table)
	if strings.Count(said, "\n") != 0 || !strings.Contains(said, "299 more lines") {
		t.Errorf("%s", said)
	}
	t.Logf("%d bytes for 300 rows: %s", len(said), said)
}

func TestSchoolsThatNobodyReachesAreTold(t *testing.T) {
	d := newDistrict(t, commune)
	p, said := d.load("id,parent,kind,level,networks,links,radius_ids\na,xa,,THCS,10.1.0.0/16,\nb,xa,,THCS,,\nc,,,THCS,10.3.0.0/16,\nd,xa,,THCS,,\ngv,d,group,,10.4.0.0/16,\ne,xa,,THCS,,lien-ket-rat-kho-doan-ra\nf,,,THCS,,\ng,xa,,THCS,,,g@isp.example\n")
	if p == nil || said != "" {
		t.Fatal(said)
	}
	var notes []string
	for _, n := range p.Notes(now) {
		notes = append(notes, n.Text.EN)
	}
	got := strings.Join(notes, "\n")
	if len(notes) != 2 || !strings.Contains(got, "2 schools have no networks, devices, links or radius_ids, so no client is known to be theirs: b (3), f (8)") ||
		!strings.Contains(got, "2 schools have no parent, so locks and reports of commune and province leave them out: c (4), f (8)") {
		t.Errorf("%s", got)
	}

	// A row that is left out, as its id is taken, is not told as a school of its own.
	p, said = newDistrict(t, commune).load("id,parent,level,networks\na,,THCS,\na,,THCS,\n")
	if p == nil || !strings.Contains(said, "already at") {
		t.Fatal(said)
	}
	for _, n := range p.Notes(now) {
		if !strings.HasPrefix(n.Text.EN, "1 schools ") || !strings.HasSuffix(n.Text.EN, ": a (2)") {
			t.Errorf("of one school that is there twice: %s", n.Text.EN)
		}
	}
}
