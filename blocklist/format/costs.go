package format

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"

	"lachan/blocklist/expression"
)

// What one list may cost, so that no publisher makes questions slow or fills the
// memory. What is beyond a bound is rejected, rule by rule.
const (
	MaxExpressions       = 500    // expressions
	MaxCommonExpressions = 50     // of these, such as many names have to be matched against (expression.Rare)
	MaxKinds             = 20_000 // different sets of conditions, documents and data that rules have
	MaxRulesOfName       = 32     // rules with such conditions on one name or prefix
	MaxDenyAllow         = 64     // names that one rule leaves out

	MaxCrowded = 8 << 20 // bytes of the cells with several names: a workbook of 9 KB may have 58 million names in them
)

// Costs counts what the rules of one feed cost. The zero Costs is ready to use; the
// lists of a feed that is several share one.
type Costs struct {
	expressions, common int
	crowded             int // bytes of cells with several names
	kinds               map[string]bool
	onName              map[uint64]uint8 // by hash of the name or prefix
}

// charge counts a rule. It returns the bound, and why, if the rule is beyond one.
func (c *Costs) charge(r *Rule) (why Reason, bound string) {
	if len(r.DenyAllow) > MaxDenyAllow {
		return TooManyExcepted, strconv.Itoa(MaxDenyAllow)
	}
	if r.Regex != "" {
		if why, bound := c.chargeExpression(r.Regex); why != accepted {
			return why, bound
		}
	}
	if r.isPlain() {
		return accepted, ""
	}
	if kind := r.kind(); !c.kinds[kind] {
		if len(c.kinds) == MaxKinds {
			return TooManyKinds, strconv.Itoa(MaxKinds)
		}
		if c.kinds == nil {
			c.kinds, c.onName = map[string]bool{}, map[uint64]uint8{}
		}
		c.kinds[kind] = true
	}
	hash := fnv.New64a()
	hash.Write([]byte(r.Name))
	if r.Prefix.IsValid() {
		hash.Write([]byte(r.Prefix.String()))
	}
	if on := hash.Sum64(); r.Regex == "" {
		if c.onName[on] == MaxRulesOfName {
			return TooManyRulesOfName, strconv.Itoa(MaxRulesOfName)
		}
		c.onName[on]++
	}
	return accepted, ""
}

// chargeCell counts a cell with several names, and reports whether it may be read.
func (c *Costs) chargeCell(cell string) bool {
	if c.crowded+len(cell) > MaxCrowded {
		return false
	}
	c.crowded += len(cell)
	return true
}

func (c *Costs) chargeExpression(expr string) (why Reason, bound string) {
	if c.expressions == MaxExpressions {
		return TooManyExpressions, strconv.Itoa(MaxExpressions)
	}
	if !expression.Rare(expr) {
		if c.common == MaxCommonExpressions {
			return TooManyCommon, strconv.Itoa(MaxCommonExpressions)
		}
		c.common++
	}
	c.expressions++
	return accepted, ""
}

// isPlain reports whether a rule is of one of the few kinds that lists without
// conditions have.
func (r *Rule) isPlain() bool {
	return r.Category == "" && r.Document == "" && r.Data == "" && len(r.Types) == 0 && len(r.DenyAllow) == 0 &&
		r.From.IsZero() && r.Until.IsZero()
}

// kind is equal for rules that say the same of their names.
func (r *Rule) kind() string {
	key := []byte{byte(r.Scope), byte(r.Act)}
	for _, is := range []bool{r.Client, r.Rewrite, r.Nearer, r.Allow, r.Important, r.Bad, r.NotTypes} {
		key = strconv.AppendBool(key, is)
	}
	for _, text := range append([]string{r.Category, r.Document, r.Data}, r.DenyAllow...) {
		key = append(append(key, text...), 0)
	}
	for _, t := range r.Types {
		key = binary.BigEndian.AppendUint16(key, t)
	}
	key = binary.BigEndian.AppendUint64(key, uint64(r.From.Unix()))
	return string(binary.BigEndian.AppendUint64(key, uint64(r.Until.Unix())))
}
