package lachan_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A sentence is a literal of wording.Text in the tree.
type sentence struct {
	at     string
	vi, en string
}

// TestSentencesAreInBothLanguages: what is said in one language is said in the
// other, about the same things in the same form.
func TestSentencesAreInBothLanguages(t *testing.T) {
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		for _, s := range f.sentences() {
			if strings.TrimSpace(s.vi) == "" || strings.TrimSpace(s.en) == "" {
				t.Errorf("%s: a sentence lacks a language: %q, %q", s.at, s.vi, s.en)
			}
			if vi, en := verbs(s.vi), verbs(s.en); !maps.Equal(vi, en) {
				t.Errorf("%s: the languages are given different arguments: %v and %v", s.at, vi, en)
			}
		}
	}
}

// TestSentencesAreSaid: each sentence with a name is used, and everywhere it is
// given as many arguments as it has places for.
func TestSentencesAreSaid(t *testing.T) {
	files := sources(t)
	named := map[string]sentence{} // by package and name
	for _, f := range files {
		if !f.isTest {
			maps.Copy(named, f.namedSentences())
		}
	}
	used := map[string]bool{}
	for _, f := range files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if name := f.refersTo(n); !f.isTest && name != "" {
				used[name] = true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || call.Ellipsis.IsValid() {
				return true
			}
			with, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || with.Sel.Name != "With" {
				return true
			}
			s, known := named[f.refersTo(with.X)]
			if want := len(verbs(s.en)); known && len(call.Args) != want {
				t.Errorf("%s: %d arguments for %q, which has places for %d", f.at(n), len(call.Args), s.en, want)
			}
			return true
		})
	}
	for name, s := range named {
		if !used[name] {
			t.Errorf("%s: %s is never said", s.at, name)
		}
	}
}

// refersTo is the package and the name of what an expression may refer to on
// package level; "" if it is something else.
func (f source) refersTo(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Ident:
		if n.Obj == nil || slices.ContainsFunc(f.variables(), func(v *ast.ValueSpec) bool { return n.Obj.Decl == v && !slices.Contains(v.Names, n) }) {
			return f.pkg + "." + n.Name
		}
	case *ast.SelectorExpr:
		if from, ok := n.X.(*ast.Ident); ok && from.Obj == nil {
			return f.imported(from.Name) + "." + n.Sel.Name
		}
	}
	return ""
}

// imported is our package that a file calls by a name.
func (f source) imported(name string) string {
	for _, i := range f.syntax.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		if own, ours := strings.CutPrefix(p, module+"/"); ours && (i.Name == nil && path.Base(own) == name || i.Name != nil && i.Name.Name == name) {
			return own
		}
	}
	return name
}

// namedSentences are the package-level variables that are one sentence.
func (f source) namedSentences() map[string]sentence {
	found := map[string]sentence{}
	for _, v := range f.variables() {
		for i, value := range v.Values {
			if c, ok := value.(*ast.CompositeLit); ok && f.isText(c.Type) {
				if s, ok := f.sentence(c); ok {
					found[f.pkg+"."+v.Names[i].Name] = s
				}
			}
		}
	}
	return found
}

// sentences are the literals of wording.Text in a file whose words are constant:
// those that say their type, and those in lists and tables of Text.
func (f source) sentences() (found []sentence) {
	add := func(e ast.Expr) {
		if c, ok := e.(*ast.CompositeLit); ok {
			if s, ok := f.sentence(c); ok {
				found = append(found, s)
			}
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if f.isText(c.Type) {
			add(c)
		}
		var element ast.Expr
		switch t := c.Type.(type) {
		case *ast.ArrayType:
			element = t.Elt
		case *ast.MapType:
			element = t.Value
		}
		if !f.isText(element) {
			return true
		}
		for _, e := range c.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				e = pair.Value
			}
			if c, ok := e.(*ast.CompositeLit); ok && c.Type == nil {
				add(c)
			}
		}
		return true
	})
	return found
}

func (f source) isText(t ast.Expr) bool {
	if f.pkg == "internal/wording" {
		name, ok := t.(*ast.Ident)
		return ok && name.Name == "Text"
	}
	s, ok := t.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	from, ok := s.X.(*ast.Ident)
	return ok && from.Name == "wording" && s.Sel.Name == "Text"
}

// sentence reads a literal; ok is false if it is empty or made of what is not
// constant.
func (f source) sentence(c *ast.CompositeLit) (s sentence, ok bool) {
	s.at = f.at(c)
	vi, en := true, true
	for i, e := range c.Elts {
		key := [...]string{"VI", "EN"}[i]
		if pair, keyed := e.(*ast.KeyValueExpr); keyed {
			key, e = pair.Key.(*ast.Ident).Name, pair.Value
		}
		if key == "VI" {
			s.vi, vi = constant(e)
		} else {
			s.en, en = constant(e)
		}
	}
	return s, vi && en && len(c.Elts) > 0
}

// constant is the text of a string that is written out, in one piece or several.
func constant(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		x, ok1 := constant(e.X)
		y, ok2 := constant(e.Y)
		return x + y, ok1 && ok2 && e.Op == token.ADD
	}
	return "", false
}

var verb = regexp.MustCompile(`%([-+# 0]*)(?:\[(\d+)\])?(\d+)?(?:\.\d+)?([a-zA-Z%])`)

// verbs are how a format writes its arguments, by their number from 1. An
// argument that is written in several ways has them all.
func verbs(format string) map[int]string {
	found := map[int]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[4] == "%" {
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		if !strings.Contains(found[next], m[4]) {
			found[next] = joined(found[next], m[4])
		}
		next++
	}
	return found
}

func joined(a, b string) string {
	all := strings.Split(a+b, "")
	slices.Sort(all)
	return strings.Join(all, "")
}

func TestVerbsAreCountedByArgument(t *testing.T) {
	f := func(format, want string) {
		t.Helper()
		if got := fmt.Sprint(verbs(format)); got != want {
			t.Errorf("%q: got %s, want %s", format, got, want)
		}
	}
	f("no %% of it", "map[]")
	f("%s has %d", "map[1:s 2:d]")
	f("%[2]d of %[1]s", "map[1:s 2:d]")
	f("%s: %[1]q, %.1f", "map[1:qs 2:f]")
	f("%5.2f%%", "map[1:f]")
}
