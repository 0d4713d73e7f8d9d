package test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestCommandsSayWhatTheDocumentDescribes runs every command that decides, and every one
// that shows what was decided, with --json: what each prints is what the API's document
// says of the operation that it stands for, and none of them is left out.
func TestCommandsSayWhatTheDocumentDescribes(t *testing.T) {
	t.Parallel()
	p := newProcess(t, "", country, startStandIn(t).addr)
	p.asks("th-kim-dong", "game.example", "th-sa-pa", "bi-mat.example")
	people := p.people("province@lao-cai", "commune@xa-moi")
	officer := people["commune@xa-moi"]
	p.start()
	of, run := documented(t), map[string]bool{}
	f := func(operation string, args ...string) (said string) {
		t.Helper()
		run[args[0]], run[strings.Join(args[:min(2, len(args))], " ")] = true, true
		command := strings.Join(args, " ")
		said, err := p.command(os.Getuid(), append(args, "--json")...)
		var value any
		if jsonErr := json.Unmarshal([]byte(said), &value); err != nil || jsonErr != nil {
			t.Fatalf("%s: %v, %v: %s", command, err, jsonErr, said)
		}
		if operation == "" {
			return said
		}
		if err := of(operation).VisitJSON(value, openapi3.EnableJSONSchema2020(), openapi3.VisitAsResponse()); err != nil {
			t.Errorf("%s is not as %s: %v\n%s", command, operation, err, said)
		}
		return said
	}
	decided := func(operation string, args ...string) (seq string) {
		t.Helper()
		if seq = first(t, `"seq": (\d+)`, f(operation, args...)); seq == "0" {
			t.Errorf("%q has no number", args)
		}
		return seq
	}

	decided("createException", "except", "add", "olm.example", "--unit", "th-kim-dong", "--why", "toán lớp 5")
	f("createException", "except", "add", "khac.example", "--unit", "th-kim-dong", "--preview")
	f("listExceptions", "except", "list")
	undo := decided("endException", "except", "end", "olm.example", "--unit", "th-kim-dong")

	id := first(t, `"ids": \[\s*"(\w+)"`, f("listRequests", "requests"))
	decided("answerRequest", "requests", "answer", id, "đã mở cho lớp 5A", "--open", "--until", "2099-12-31")
	f("reopenRequest", "requests", "reopen", id, "--preview")
	decided("reopenRequest", "requests", "reopen", id)
	decided("answerRequest", "requests", "close", id)

	f("listLedger", "ledger", "show")
	f("getRecord", "ledger", "show", undo)
	f("verifyLedger", "ledger", "verify")
	decided("undo", "ledger", "undo", undo, "--yes")
	out := filepath.Join(p.dir, "so.jsonl")
	f("", "ledger", "export", "--out", out)

	decided("addAccount", "account", "add", "co-lan", "--unit", "sa-pa")
	f("listAccounts", "account", "list")
	f("", "account", "roles")
	decided("grant", "account", "grant", "co-lan", "commune", "--unit", "sa-pa")
	token := first(t, `token/(tok_\w+)`, f("issueToken", "token", "add", "bảng theo dõi", "--account", "co-lan"))
	f("listTokens", "token", "list", "--account", "co-lan")
	decided("endToken", "token", "end", token, "--account", "co-lan", "--yes")
	// A unit whose lines policy.yaml still has holds up nobody else.
	decided("adopt", "policy", "adopt", "th-kim-dong", "--yes")
	const commune = `{"unit":{"name":"Xã Mới","kind":"commune","parent":"lao-cai"}}`
	if status, said := people["province@lao-cai"].ask("PUT", "units/xa-moi", commune, "If-None-Match: *"); status != http.StatusOK {
		t.Fatalf("a new unit: %d %s", status, said)
	}
	if status, said := officer.ask("POST", "units/xa-moi/locks/games", "{}"); status != http.StatusOK {
		t.Fatalf("a lock: %d %s", status, said)
	}
	for _, command := range []string{"decline", "confirm"} {
		status, said := officer.ask("DELETE", "units/xa-moi/locks/games", `{}`)
		if status != http.StatusAccepted {
			t.Fatalf("a lock is lifted by one: %d %s", status, said)
		}
		f("listProposals", "ledger", "waiting")
		decided(command, "ledger", command, first(t, `"seq":\s*(\d+)`, said), "--yes")
	}
	decided("revoke", "account", "revoke", "co-lan", "commune", "--unit", "sa-pa", "--yes")
	decided("resetAccount", "account", "reset", "co-lan", "--yes")
	decided("removeAccount", "account", "remove", "co-lan", "--yes")

	var written struct {
		Text, SHA256 string
		Bytes        int
	}
	if err := json.Unmarshal([]byte(f("", "policy", "export")), &written); err != nil || !strings.Contains(written.Text, "th-kim-dong") || written.Bytes != len(written.Text) {
		t.Errorf("%v: the policy is not what is said of it: %+v", err, written)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(written.Text))); sum != written.SHA256 {
		t.Errorf("its SHA-256 is %s, and said to be %s", sum, written.SHA256)
	}

	for _, root := range []string{"except", "requests", "ledger", "policy", "account", "token"} {
		help, _ := p.command(os.Getuid(), root, "--help", "--lang", "en")
		_, parts, _ := strings.Cut(help, "Commands:\n")
		parts, _, _ = strings.Cut(parts, "\n\n")
		for _, part := range regexp.MustCompile(`(?m)^  (\w+)`).FindAllStringSubmatch(parts, -1) {
			if !run[root+" "+part[1]] {
				t.Errorf("lachan %s %s --json was not run", root, part[1])
			}
		}
	}
}

// first is what the first group of an expression matches in a text.
func first(t *testing.T, expression, text string) string {
	t.Helper()
	m := regexp.MustCompile(expression).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("nothing is like %s in %s", expression, text)
	}
	return m[1]
}

// documented is what the API's document says that an operation answers, by its id.
func documented(t *testing.T) func(operation string) *openapi3.Schema {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../console/api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatal(err)
	}
	return func(operation string) *openapi3.Schema {
		for _, item := range doc.Paths.Map() {
			for _, op := range item.Operations() {
				if op.OperationID != operation {
					continue
				}
				for _, status := range []int{200, 201, 202} {
					if r := op.Responses.Status(status); r != nil && r.Value.Content.Get("application/json") != nil {
						return r.Value.Content.Get("application/json").Schema.Value
					}
				}
			}
		}
		t.Fatalf("the document has no %s", operation)
		return nil
	}
}
