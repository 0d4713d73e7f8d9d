package catalogue

import (
	"fmt"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
)

// A CanaryAnswer is the answer to a canary that keeps software on the resolver it
// was given.
type CanaryAnswer uint8

// The answers to canaries.
const (
	AnswerNXDOMAIN CanaryAnswer = iota + 1
	AnswerDDR                   // answered by the resolver (RFC 9462), never by an upstream
)

// A Canary is a name by which software learns whether it may bypass the resolver.
type Canary struct {
	Name   *domain.Name
	Tree   bool // all below the name too
	Answer CanaryAnswer
	Why    wording.Text
}

// Canaries knows the canaries. Its methods may be called by any number of
// goroutines.
type Canaries struct{ all []Canary }

// All are the canaries in the order of the data. The slice is c's own.
func (c *Canaries) All() []Canary { return c.all }

// Find is the canary that n is; nil if it is none. It allocates nothing.
func (c *Canaries) Find(n *domain.Name) *Canary {
	for i := range c.all {
		k := &c.all[i]
		if n.Within(k.Name) && (k.Tree || n.Labels() == k.Name.Labels()) {
			return k
		}
	}
	return nil
}

// loadCanaries reads canaries.txt, whose sections say the answer.
func (c *Catalogue) loadCanaries() error {
	sections, err := readSections("canaries.txt", "label", "answer")
	if err != nil {
		return err
	}
	canaries := new(Canaries)
	for i := range sections {
		if err := canaries.add(&sections[i]); err != nil {
			return fmt.Errorf("canaries.txt:%d: [%s]: %w", sections[i].line, sections[i].id, err)
		}
	}
	c.Canaries = canaries
	return nil
}

func (c *Canaries) add(from *section) error {
	canary := Canary{Why: from.label()}
	switch answer := from.settings["answer"]; answer {
	case "nxdomain":
		canary.Answer = AnswerNXDOMAIN
	case "ddr":
		canary.Answer, canary.Tree = AnswerDDR, true
	default:
		return fmt.Errorf("answer %q is unknown", answer)
	}
	for _, text := range from.names {
		name := new(domain.Name)
		if err := name.SetText(text); err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
		canary.Name = name
		c.all = append(c.all, canary)
	}
	return nil
}
