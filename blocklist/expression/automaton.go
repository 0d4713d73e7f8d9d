package expression

import (
	"maps"
	"slices"
)

// An automaton finds texts in another text in one pass (Aho and Corasick, 1975).
// The bytes that occur in no text are of class 0, which leads to the first state.
type automaton struct {
	class   [256]uint8
	classes int32
	next    []int32   // by state and class
	found   [][]int32 // by state: the expressions whose text ends there
	shorter []int32   // by state: the next state, of a shorter text, with some found; 0 if there is none
}

// newAutomaton makes the automaton of texts, each with the expressions it is of.
func newAutomaton(byText map[string][]int32) automaton {
	a := automaton{classes: 1}
	texts := slices.Sorted(maps.Keys(byText))
	for _, text := range texts {
		for _, c := range []byte(text) {
			if a.class[c] == 0 && a.classes < 256 {
				a.class[c] = uint8(a.classes)
				a.classes++
			}
		}
	}
	a.addState()
	for _, text := range texts {
		state := int32(0)
		for _, c := range []byte(text) {
			at := state*a.classes + int32(a.class[c])
			if a.next[at] == 0 {
				a.next[at] = a.addState()
			}
			state = a.next[at]
		}
		a.found[state] = byText[text]
	}
	a.link()
	return a
}

func (a *automaton) addState() int32 {
	a.next = append(a.next, make([]int32, a.classes)...)
	a.found, a.shorter = append(a.found, nil), append(a.shorter, 0)
	return int32(len(a.found) - 1)
}

// link leads each state where the text so far goes on elsewhere.
func (a *automaton) link() {
	suffix := make([]int32, len(a.found)) // the state of the longest proper suffix
	var queue []int32
	for _, state := range a.next[:a.classes] {
		if state != 0 {
			queue = append(queue, state)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		state := queue[0]
		of := suffix[state]
		if a.shorter[state] = of; len(a.found[of]) == 0 {
			a.shorter[state] = a.shorter[of]
		}
		for class := range a.classes {
			at, instead := state*a.classes+class, a.next[of*a.classes+class]
			if a.next[at] == 0 {
				a.next[at] = instead
				continue
			}
			suffix[a.next[at]] = instead
			queue = append(queue, a.next[at])
		}
	}
}

// find appends the expressions whose text occurs, but for those that are seen.
func (a *automaton) find(dst []int32, seen []bool, text []byte) []int32 {
	state := int32(0)
	for _, c := range text {
		state = a.next[state*a.classes+int32(a.class[c])]
		for at := state; at != 0; at = a.shorter[at] {
			for _, i := range a.found[at] {
				if !seen[i] {
					seen[i] = true
					dst = append(dst, i)
				}
			}
		}
	}
	return dst
}
