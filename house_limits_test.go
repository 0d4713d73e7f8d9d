package lachan_test

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// Limits beyond which a reader loses the thread. What is larger has two things
// in it, and each has a name.
const (
	mostFiles   = 20  // of source in a package: a folder that is read without scrolling
	mostMethods = 25  // on a type
	mostFields  = 25  // in a struct
	mostColumns = 120 // of a line of code, strings apart: two files side by side
)

// larger are packages and types that are beyond a limit today, with their number:
// it may fall and not rise. What has fallen to the limit is struck out. None is.
var larger = map[string]int{}

// withinLimit reports what is larger than the limit, or than it was.
func withinLimit(t *testing.T, what string, n, most int) {
	t.Helper()
	known, listed := larger[what]
	switch {
	case n > max(most, known):
		t.Errorf("%s: %d, more than %d: which two things are in it?", what, n, max(most, known))
	case n <= most && listed:
		t.Errorf("%s: %d is within %d; strike it out of the list", what, n, most)
	}
}

func TestPackagesAreFoldersOneSees(t *testing.T) {
	files := map[string]int{}
	for _, f := range sources(t) {
		if !f.isTest {
			files[f.pkg]++
		}
	}
	for pkg, n := range files {
		withinLimit(t, pkg, n, mostFiles)
	}
}

func TestTypesDoOneThing(t *testing.T) {
	methods := map[string]int{}
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
				methods[f.pkg+"."+receiver(fn)]++
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			s, ok := spec.Type.(*ast.StructType)
			if ok {
				withinLimit(t, f.pkg+"."+spec.Name.Name+" field", s.Fields.NumFields(), mostFields)
			}
			return true
		})
	}
	for name, n := range methods {
		withinLimit(t, name+" method", n, mostMethods)
	}
}

// receiver is the name of the type that a method is on.
func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// TestLinesAreNotLong: a string may be as long as what it says.
func TestLinesAreNotLong(t *testing.T) {
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		text, err := os.ReadFile(f.name)
		if err != nil {
			t.Fatal(err)
		}
		quoted := stringColumns(f.name, text)
		for i, line := range linesOf(text) {
			if n := columns(line) - quoted[i+1]; n > mostColumns {
				t.Errorf("%s:%d: %d columns besides strings, more than %d", f.name, i+1, n, mostColumns)
			}
		}
	}
}

func linesOf(text []byte) []string { return strings.Split(string(text), "\n") }

// columns is how wide a line is, with tabs of four.
func columns(line string) int { return len([]rune(line)) + 3*strings.Count(line, "\t") }

// stringColumns is how many columns of each line, from 1, are in strings.
func stringColumns(name string, text []byte) map[int]int {
	found := map[int]int{}
	set := token.NewFileSet()
	file := set.AddFile(name, -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			return found
		}
		if kind == token.STRING {
			for i, part := range linesOf([]byte(literal)) {
				found[file.Line(pos)+i] += columns(part)
			}
		}
	}
}

// TestEveryFileSaysWhatItIsFor: a newcomer who opens a file reads first what is in it,
// in the comment of the package, in one of the file, or in that of what comes first.
func TestEveryFileSaysWhatItIsFor(t *testing.T) {
	for _, f := range sources(t) {
		if !f.isTest && !saysWhatItIsFor(f.syntax) {
			t.Errorf("%s: neither a comment of the file nor of its first declaration says what it is for", f.at(f.syntax))
		}
	}
}

// saysWhatItIsFor reports whether there is a comment of the package, or one between
// the imports and the end of the line in front of the first declaration.
func saysWhatItIsFor(file *ast.File) bool {
	if file.Doc != nil {
		return true
	}
	first := file.End()
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			first = d.Pos()
			break
		}
	}
	return slices.ContainsFunc(file.Comments, func(c *ast.CommentGroup) bool {
		return c.Pos() > file.Name.End() && c.End() <= first && !strings.HasPrefix(c.List[0].Text, "//go:")
	})
}
