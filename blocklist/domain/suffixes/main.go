// Command suffixes makes the table of public suffixes out of the rules that the tests of
// golang.org/x/net/publicsuffix have, of the version in go.mod:
//
//	go run ./blocklist/domain/suffixes > blocklist/domain/suffixes.table
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"lachan/blocklist/domain"
)

func main() {
	table, err := table()
	if err == nil {
		_, err = os.Stdout.Write(table)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "suffixes:", err)
		os.Exit(1)
	}
}

// table is the table of the rules that lie in the cache of modules.
func table() ([]byte, error) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "publicsuffix", "table_test.go"))
	if err != nil {
		return nil, err
	}
	_, number, has := strings.Cut(string(text), "\nconst numICANNRules = ")
	number, _, _ = strings.Cut(number, "\n")
	_, list, hasList := strings.Cut(string(text), "\nvar rules = [...]string{\n")
	list, _, ends := strings.Cut(list, "\n}")
	ofRegistries, err := strconv.Atoi(number)
	if err != nil || !has || !hasList || !ends {
		return nil, fmt.Errorf("the rules are not where they were: %w", err)
	}
	var rules []string
	for line := range strings.Lines(list) {
		rules = append(rules, strings.Trim(line, "\t\n\","))
	}
	return domain.AppendSuffixTable(nil, rules, ofRegistries)
}
