package metrics

// A Result is what became of a check of the filter: somebody at a school asked
// what happens there to names of a category.
type Result uint8

// The results.
const (
	CheckPassed  Result = iota // they are blocked, and lists have such names; or only the filter itself was looked for
	CheckFailed                // they are to be blocked, but no list has any
	CheckAllowed               // the policy allows them at that time
)

var resultNames = [...]string{"passed", "failed", "allowed"}

// String is the value of the label result.
func (r Result) String() string { return resultNames[r] }

// Check counts a check by a group, of CategoryNone when it asked for no category.
func (c *Cell) Check(category Category, result Result) { c.check(category, result, 1) }

func (c *Cell) check(category Category, result Result, n uint64) {
	loadOrNew(&c.checks)[result].add(category, n)
}

// eachCheck calls yield for every result and category that was counted.
func (c *Cell) eachCheck(yield func(Result, Category, uint64)) {
	checks := c.checks.Load()
	if checks == nil {
		return
	}
	for r := range checks {
		checks[r].each(func(category Category, n uint64) { yield(Result(r), category, n) })
	}
}
