package member

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"lachan/cmd/lachan/config"
	"lachan/fleet"
)

// packedList is a list as a hub hands it on.
func packedList(head, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, head+"\n"+text)
	_ = w.Close()
	return b.Bytes()
}

func TestAListSaysWhatItIs(t *testing.T) {
	f := config.Feed{}
	f.SetDefaults()
	f.Name, f.Category, f.LockedBy = "la", "gambling", "tinh"
	head, err := json.Marshal(config.Carried{Feed: f})
	if err != nil {
		t.Fatal(err)
	}
	is, in, err := openList(bytes.NewReader(packedList(string(head), "a.example\nb.example\n")))
	if err != nil || is.Feed.Name != "la" || is.Feed.LockedBy != "tinh" {
		t.Fatalf("%+v, %v", is, err)
	}
	if text, err := io.ReadAll(in); err != nil || string(text) != "a.example\nb.example\n" {
		t.Errorf("%q, %v", text, err)
	}
	long := strings.Repeat(" ", fleet.MaxListHead)
	for what, packed := range map[string][]byte{
		"a line without end": packedList(long+long, ""),
		"no line":            packedList("", ""),
		"no JSON":            packedList("x", ""),
		"cut":                packedList(string(head), "")[:20],
		"not packed":         head,
		"nothing":            nil,
	} {
		if _, _, err := openList(bytes.NewReader(packed)); err == nil {
			t.Errorf("%s is a list", what)
		}
	}
}

// FuzzList: whatever comes as a list is read to its end or refused, and what it says has a
// bound.
func FuzzList(f *testing.F) {
	f.Add(packedList(`{"Feed":{"Name":"la"},"Copy":{"digest":"00"}}`, "a.example"))
	f.Add(packedList(`{"Copy":{"entries":-1}}`, ""))
	f.Fuzz(func(t *testing.T, packed []byte) {
		is, in, err := openList(bytes.NewReader(packed))
		if err != nil {
			return
		}
		if _, err := json.Marshal(is); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(in, 1<<20)) // it may be damaged further on
	})
}
