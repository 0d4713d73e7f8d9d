package cache

// TestRules are rules that say nothing.
var TestRules = testRules
