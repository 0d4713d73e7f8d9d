package lachan_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What documents name is there, and what is there is named.

func TestDocumentsNameTargetsOfTheMakefile(t *testing.T) {
	makefile := read(t, "Makefile")
	for _, document := range documents(t) {
		for _, target := range matches(read(t, document), "(?m)(?:^|`)make ([a-z-]+)(?:`| *#|$)") {
			if !regexp.MustCompile("(?m)^" + target + ":").MatchString(makefile) {
				t.Errorf("%s says make %s, the Makefile has no such target", document, target)
			}
		}
	}
}

func TestDocumentsNameFilesThatAreThere(t *testing.T) {
	for _, document := range documents(t) {
		for _, file := range matches(read(t, document), `\]\(([^):#]+)(?:#[^)]*)?\)`) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), file)); err != nil {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
}

// TestReferencesNameEveryKey: configs/policy.yaml says that it has every key of a
// policy, and configs/lachan.yaml every one of the configuration.
func TestReferencesNameEveryKey(t *testing.T) {
	for file, room := range map[string]string{"configs/policy.yaml": "policy", "configs/lachan.yaml": "cmd/lachan/config"} {
		text, keys := read(t, file), 0
		for _, f := range sources(t) {
			if f.isTest || f.pkg != room && !strings.HasPrefix(f.pkg, room+"/") {
				continue
			}
			for _, key := range matches(read(t, f.name), "`yaml:\"([a-z0-9_]+)\"`") {
				keys++
				if !regexp.MustCompile("(?m)(?:^|[ {,#])" + key + ":").MatchString(text) {
					t.Errorf("%s does not have the key %s of %s", file, key, f.name)
				}
			}
		}
		if keys < 20 {
			t.Errorf("%s has only %d keys: are they still found?", room, keys)
		}
	}
}

// TestTheMapLeadsSomewhere: paths that ARCHITECTURE.md and CONTRIBUTING.md name
// in code are those of files and directories. A name alone is of a file that
// packages have.
func TestTheMapLeadsSomewhere(t *testing.T) {
	inSomePackage := map[string]bool{}
	for _, f := range sources(t) {
		inSomePackage[path.Base(f.name)] = true
	}
	for _, document := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		for _, file := range matches(read(t, document), "`([a-zA-Z0-9_.-]+(?:/[a-zA-Z0-9_.-]*)+|[a-z_]+\\.go)`") {
			if !strings.Contains(file, "/") && inSomePackage[file] {
				continue
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
}

// TestClaimsNameTestsThatAreThere: a claim that says which test holds it is
// worth no more than the test. The link beside the name leads to its file.
func TestClaimsNameTestsThatAreThere(t *testing.T) {
	in := map[string][]string{} // files by test
	for _, f := range sources(t) {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.isTest && fn.Recv == nil {
				in[fn.Name.Name] = append(in[fn.Name.Name], f.name)
			}
		}
	}
	for _, document := range documents(t) {
		text := read(t, document)
		for _, name := range matches(text, "`((?:Test|Fuzz|Benchmark)[A-Z]\\w*)`") {
			if in[name] == nil {
				t.Errorf("%s names %s, which is no test", document, name)
			}
		}
		for _, m := range regexp.MustCompile("\\[`((?:Test|Fuzz)\\w+)`\\]\\(([^)#]+)\\)").FindAllStringSubmatch(text, -1) {
			if file := path.Join(path.Dir(document), m[2]); !slices.Contains(in[m[1]], file) {
				t.Errorf("%s: %s is in %q, not in %s", document, m[1], in[m[1]], file)
			}
		}
	}
}

// TestEveryPathIsDocumented: what the program serves over HTTP is in
// docs/http-api.md, and nothing else is.
func TestEveryPathIsDocumented(t *testing.T) {
	served := map[string]bool{}
	for _, f := range sources(t) {
		if f.isTest || !strings.HasPrefix(f.pkg, "cmd/") && !strings.HasPrefix(f.pkg, "metrics") && !strings.HasPrefix(f.pkg, "console") {
			continue
		}
		for _, d := range f.syntax.Decls {
			maps.Copy(served, servedBy(d))
		}
	}
	if len(served) < 10 {
		t.Fatalf("only %d paths: are they still found?", len(served))
	}
	for _, page := range []string{"docs/http-api.md", "docs/vi/http-api.md"} {
		document := read(t, page)
		for p := range served {
			if !strings.Contains(document, "`"+p+"`") {
				t.Errorf("%s does not name %s", page, p)
			}
		}
		for _, p := range matches(document, "`((?:GET|POST) /(?:api/|metrics|healthz|readyz)[^`?]*)`") {
			if !served[p] {
				t.Errorf("%s names %s, which is not served", page, p)
			}
		}
	}
}

// servedBy are the patterns that a function gives to a mux. One that is made of
// a beginning and something else ends in the keys of the table beside it.
func servedBy(d ast.Decl) map[string]bool {
	served, ends := map[string]bool{}, []string{}
	ast.Inspect(d, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := literal(pair.Key); ok {
				ends = append(ends, key)
			}
		}
		return true
	})
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		if pattern, ok := literal(call.Args[0]); ok && isPattern(pattern) {
			served[pattern] = true
		}
		if sum, ok := call.Args[0].(*ast.BinaryExpr); ok {
			if begin, ok := literal(sum.X); ok && strings.HasPrefix(begin, "GET /") {
				for _, end := range ends {
					served[begin+end] = true
				}
			}
		}
		return true
	})
	for p := range served { // what may be asked with a form as well
		if after, ok := strings.CutPrefix(p, "GET /api/v1/"); ok && slices.Contains([]string{"query", "query_range", "series", "labels"}, after) {
			served["POST /api/v1/"+after] = true
		}
	}
	return served
}

func isPattern(s string) bool {
	return strings.HasPrefix(s, "GET /") || strings.HasPrefix(s, "POST /")
}

// TestEveryConditionIsDocumented: who is told of a condition finds it in
// operations.md, in either language.
func TestEveryConditionIsDocumented(t *testing.T) {
	pages, found := map[string]string{}, 0
	for _, page := range []string{"docs/operations.md", "docs/vi/operations.md"} {
		pages[page] = read(t, page)
	}
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		for _, name := range f.conditions() {
			found++
			for page, text := range pages {
				if !strings.Contains(text, "`"+name+"`") {
					t.Errorf("%s does not name the condition %s of %s", page, name, f.name)
				}
			}
		}
	}
	if found < 15 {
		t.Fatalf("only %d conditions: are they still found?", found)
	}
}

// conditions are the names of conditions that a file sets: what is handed to
// conditions.Set or to a method called condition, and constants called so.
func (f source) conditions() (names []string) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || len(n.Args) == 0 {
				return true
			}
			owner, _ := fn.X.(*ast.SelectorExpr)
			if fn.Sel.Name == "condition" || fn.Sel.Name == "Set" && owner != nil && owner.Sel.Name == "conditions" {
				if name, ok := literal(n.Args[0]); ok {
					names = append(names, name)
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if strings.HasPrefix(name.Name, "Condition") && i < len(n.Values) {
					if text, ok := literal(n.Values[i]); ok {
						names = append(names, text)
					}
				}
			}
		}
		return true
	})
	return names
}

// TestTheTableOfRoomsIsComplete: the table of rooms is complete, and has no room
// that is not there.
func TestTheTableOfRoomsIsComplete(t *testing.T) {
	rows := matches(read(t, "ARCHITECTURE.md"), "(?m)^\\| (`[a-z0-9/]+`.*?) \\|")
	told := map[string]bool{}
	for _, row := range rows {
		var first string
		for i, dir := range matchesInOrder(row, "`([a-z0-9/]+)`") {
			if i == 0 {
				first = dir
			} else {
				dir = path.Join(path.Dir(first), dir) // `metrics/report/html` `pdf`
			}
			told[dir] = true
			if _, err := os.Stat(dir); err != nil {
				t.Errorf("ARCHITECTURE.md: %v", err)
			}
		}
	}
	missing := map[string]bool{}
	for _, f := range sources(t) {
		if f.pkg != "." && !told[f.pkg] {
			missing[f.pkg] = true
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("ARCHITECTURE.md has no row for %s: what does it hold?", pkg)
	}
}

func matchesInOrder(text, expression string) (found []string) {
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// literal is the text of an expression that is one.
func literal(e ast.Expr) (text string, ok bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}
