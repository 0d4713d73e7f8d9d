package request_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"lachan/admin/request"
)

// told is what a node tells of the only request that it has.
func told(t *testing.T, s *request.Store) request.Request {
	t.Helper()
	text, err := json.Marshal(list(t, s)[0])
	var r request.Request
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func take(t *testing.T, hub *request.Store, node string, r request.Request) request.Request {
	t.Helper()
	is, err := hub.Take(node, r, noon.Add(48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// What several nodes tell of one name and unit is one request, counted once however often
// it is told; an answer of the hub is that of the nodes until it is taken back.
func TestNodesTellAHubWhatIsAsked(t *testing.T) {
	hub, _ := open(t)
	a, _ := open(t)
	b, dir := open(t)
	add(t, a, "s", "game.example", "for maths", noon)
	add(t, a, "s", "game.example", "", noon.Add(time.Hour))
	add(t, b, "s", "game.example", "for physics", noon.Add(2*time.Hour))
	for range 3 {
		take(t, hub, "a", told(t, a))
		take(t, hub, "b", told(t, b))
	}
	add(t, a, "s", "game.example", "", noon.Add(3*time.Hour))
	is := take(t, hub, "a", told(t, a))
	if is.Times != 4 || fmt.Sprint(is.Reasons) != "[for maths for physics]" || is.Last.Hour() != noon.Hour()+3 {
		t.Errorf("%+v", is)
	}
	if n := len(list(t, hub)); n != 1 {
		t.Errorf("%d requests", n)
	}

	if err := hub.Close(is.ID, request.Answer{Text: "not in lessons", At: noon.Add(4 * time.Hour), Outcome: "refuse"}); err != nil {
		t.Fatal(err)
	}
	is = take(t, hub, "b", told(t, b))
	if err := b.Hear(is.ID, is.Answer); err != nil {
		t.Fatal(err)
	}
	b, err := request.Open(dir) // as after a start
	if err != nil {
		t.Fatal(err)
	}
	if st, known := b.Standing("s", "game.example", noon.Add(5*time.Hour)); !known || st.Open || st.Answer.Text != "not in lessons" {
		t.Errorf("%+v", st)
	}
	add(t, b, "s", "game.example", "again", noon.Add(6*time.Hour))
	for _, r := range list(t, b) {
		if r.Answer == nil && take(t, hub, "b", r).Follows != is.ID {
			t.Error("what is asked after the answer does not follow it at the hub")
		}
	}
	if err := b.Hear(is.ID, nil); err != nil {
		t.Fatal(err)
	}
	if r, err := b.Get(is.ID); err != nil || r.Answer != nil {
		t.Errorf("an answer that the hub took back stays: %+v %v", r, err)
	}
}

// What a node has answered itself is the answer at the hub, unless there is one; the hub's
// silence does not take it back.
func TestANodesOwnAnswerIsKept(t *testing.T) {
	hub, _ := open(t)
	a, _ := open(t)
	add(t, a, "s", "game.example", "", noon)
	r := told(t, a)
	if err := a.Close(r.ID, request.Answer{Text: "yes", By: "lan", At: noon.Add(time.Hour), Outcome: "open"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Hear(r.ID, nil); err != nil || told(t, a).Answer == nil {
		t.Error("it is taken back", err)
	}
	if is := take(t, hub, "sa-pa-1", told(t, a)); is.Answer == nil || is.Answer.By != "sa-pa-1: lan" || is.Answer.Outcome != "open" {
		t.Errorf("%+v", is.Answer)
	}
	hub, _ = open(t)
	take(t, hub, "a", r)
	if err := hub.Close(r.ID, request.Answer{Text: "no", At: noon}); err != nil {
		t.Fatal(err)
	}
	if is := take(t, hub, "a", told(t, a)); is.Answer.Text != "no" {
		t.Errorf("%+v", is.Answer)
	}
}

// What no node of this program tells is refused or made fit, and damages nothing.
func TestStrangeRequestsAreRefused(t *testing.T) {
	hub, _ := open(t)
	a, _ := open(t)
	add(t, a, "s", "game.example", "for maths", noon)
	good := told(t, a)
	for what, change := range map[string]func(r *request.Request){
		"another unit":      func(r *request.Request) { r.Unit = "other" },
		"another name":      func(r *request.Request) { r.Name = "other.example" },
		"no canonical name": func(r *request.Request) { r.Name = "GAME.example" },
		"a path as id":      func(r *request.Request) { r.ID = "../../../../etc" },
		"a long category":   func(r *request.Request) { r.Category = "\x1b[2J" },
		"follows another":   func(r *request.Request) { r.Follows = "000000000000" },
	} {
		r := good
		change(&r)
		if _, err := hub.Take("a", r, noon); !errors.Is(err, request.ErrStrange) {
			t.Errorf("%s: %v", what, err)
		}
	}
	r := good
	r.Times, r.First, r.Last, r.Reasons = 1<<40, noon.AddDate(-5, 0, 0), noon.AddDate(5, 0, 0), []string{"a\nb\x1b[2J", "", "a\nb\x1b[2J"}
	is := take(t, hub, "a", r)
	if is.Times > 10_000 || is.Last.After(noon.Add(48*time.Hour)) || is.First.Before(noon.AddDate(-2, 0, 0)) || fmt.Sprintf("%q", is.Reasons) != `["a b [2J"]` {
		t.Errorf("%+v", is)
	}
}

// Whatever a node tells, the store stays one that can be read.
func FuzzTold(f *testing.F) {
	f.Add([]byte(`{"requests":[{"id":"3f9a0c51b2de","unit":"s","name":"game.example","times":1}],"known":["3f9a0c51b2de"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var told request.Told
		if json.Unmarshal(text, &told) != nil || len(told.Requests) > 3 {
			return
		}
		s, dir := open(t)
		for _, r := range told.Requests {
			_, _ = s.Take("a", r, noon) // an error is an answer
		}
		for _, id := range told.Known {
			_, _ = s.Get(id)
		}
		if _, damaged, err := s.List(); err != nil || len(damaged) > 0 {
			t.Error(damaged, err)
		}
		if _, err := request.Open(dir); err != nil {
			t.Error(err)
		}
	})
}
