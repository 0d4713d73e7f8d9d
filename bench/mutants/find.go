//go:build linux

package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
)

// A finder collects the places of a file at which it can be changed.
//
// Left out is what no test could mind, or what no program of ours does: constants
// that are the room made beforehand (the last argument of make, the length of an
// array, the size of an integer to parse into), or a time to wait in units of a
// minute and less; calls that keep something alive or give it back early: a timer, or a
// file that was open for reading, that a function has made itself is collected when
// the function is over, whether it was given back or not.
type finder struct {
	name     string
	function string
	within   lines
	source   []byte
	files    *token.FileSet
	own      []string // variables of the function that are timers and files open for reading
	found    []*mutant
}

func (f *finder) find(d ast.Decl) {
	f.own = f.collected(d)
	skip := map[ast.Node]bool{} // constants that are left out
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			f.add(negate, n.Cond, f.edit(n.Cond, "!("+f.text(n.Cond)+")"))
		case *ast.BinaryExpr:
			f.binary(n, skip)
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		case *ast.CommClause:
			f.statements(n.Body)
		case *ast.CallExpr:
			skipArguments(n, skip)
		case *ast.ArrayType:
			skip[n.Len] = true
		case *ast.BasicLit:
			if v, err := strconv.ParseUint(n.Value, 10, 62); n.Kind == token.INT && err == nil && !skip[n] {
				f.add(constant, n, f.edit(n, strconv.FormatUint(v+1, 10)))
			}
		}
		return true
	})
	f.locks(d)
}

// shifted are the comparisons with the bound on the other side.
var shifted = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

// swapped are the connectives in place of each other.
var swapped = map[token.Token]string{token.LAND: "||", token.LOR: "&&"}

func (f *finder) binary(n *ast.BinaryExpr, skip map[ast.Node]bool) {
	from := f.files.Position(n.OpPos).Offset
	here := func(text string) edit { return edit{from, from + len(n.Op.String()), text} }
	if text, ok := shifted[n.Op]; ok {
		f.add(shift, n, here(text))
	}
	if text, ok := swapped[n.Op]; ok {
		f.add(negate, n, here(text))
	}
	if n.Op == token.MUL && (isShortUnit(n.X) || isShortUnit(n.Y)) {
		skip[n.X], skip[n.Y] = true, true
	}
}

func isShortUnit(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"Nanosecond", "Microsecond", "Millisecond", "Second", "Minute"}, s.Sel.Name)
}

// skipArguments leaves out the arguments of a call that say how much room there is.
func skipArguments(n *ast.CallExpr, skip map[ast.Node]bool) {
	switch name := called(n); name {
	case "make":
		if len(n.Args) == 3 {
			skip[n.Args[2]] = true
		}
	case "ParseInt", "ParseUint", "ParseFloat", "FormatInt", "FormatUint", "AppendInt", "AppendUint":
		for _, a := range n.Args { // base and size
			skip[a] = true
		}
	}
}

// called is the name of what is called, without the package or receiver.
func called(n *ast.CallExpr) string {
	switch fun := n.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// unseen are calls whose absence no test could mind, and locks, which are dropped
// in pairs.
var unseen = []string{
	"KeepAlive", "Grow", "Clip", "Lock", "Unlock", "RLock", "RUnlock",
}

// statements adds those of a block that can be left out.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && !slices.Contains(unseen, called(call)) && !f.givesBack(call) {
				f.add(drop, s, f.edit(s, ""))
			}
		case *ast.DeferStmt:
			if !slices.Contains(unseen, called(s.Call)) && !f.givesBack(s.Call) {
				f.add(drop, s, f.edit(s, ""))
			}
		case *ast.AssignStmt:
			f.assignment(s)
		case *ast.IncDecStmt, *ast.ReturnStmt, *ast.BranchStmt, *ast.SendStmt:
			f.add(drop, s, f.edit(s, ""))
		}
	}
}

// collected are the variables of a function that hold what the collector gives back.
func (f *finder) collected(d ast.Decl) (names []string) {
	ast.Inspect(d, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Rhs) != 1 {
			return true
		}
		if call, ok := a.Rhs[0].(*ast.CallExpr); ok && slices.Contains(makers, f.text(call.Fun)) {
			names = append(names, f.text(a.Lhs[0]))
		}
		return true
	})
	return names
}

// makers are the calls that make what the collector gives back. A timer that calls a
// function is none of them: to stop it changes what happens.
var makers = []string{"time.NewTimer", "time.NewTicker", "os.Open"}

// givesBack reports whether a call only gives back early what the function has made.
func (f *finder) givesBack(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (s.Sel.Name == "Stop" || s.Sel.Name == "Close") && slices.Contains(f.own, f.text(s.X))
}

func (f *finder) assignment(s *ast.AssignStmt) {
	if s.Tok == token.DEFINE || f.text(s.Lhs[0]) == "_" {
		return
	}
	k := drop
	if call, ok := s.Rhs[0].(*ast.CallExpr); ok && called(call) == "append" {
		k = dropAppend
	}
	f.add(k, s, f.edit(s, ""))
}

// locks adds, for each lock that a function takes, the function without it.
func (f *finder) locks(d ast.Decl) {
	edits, first := map[string][]edit{}, map[string]ast.Node{}
	var order []string
	ast.Inspect(d, func(n ast.Node) bool {
		var call *ast.CallExpr
		switch n := n.(type) {
		case *ast.ExprStmt:
			call, _ = n.X.(*ast.CallExpr)
		case *ast.DeferStmt:
			call = n.Call
		}
		if call == nil || !slices.Contains([]string{"Lock", "Unlock", "RLock", "RUnlock"}, called(call)) {
			return true
		}
		key := f.text(call.Fun.(*ast.SelectorExpr).X)
		if first[key] == nil {
			first[key], order = n, append(order, key)
		}
		edits[key] = append(edits[key], f.edit(n, ""))
		return false
	})
	for _, key := range order {
		f.add(dropLock, first[key], edits[key]...)
	}
}

func (f *finder) add(k kind, at ast.Node, edits ...edit) {
	f.found = append(f.found, &mutant{
		kind: k, file: f.name, function: f.function, within: f.within, line: f.files.Position(at.Pos()).Line,
		source: f.source, edits: edits,
	})
}

func (f *finder) edit(n ast.Node, text string) edit {
	return edit{f.files.Position(n.Pos()).Offset, f.files.Position(n.End()).Offset, text}
}

func (f *finder) text(n ast.Node) string {
	e := f.edit(n, "")
	return string(f.source[e.from:e.to])
}
