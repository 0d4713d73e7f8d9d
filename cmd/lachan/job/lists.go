package job

import (
	"context"
	"errors"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/source"
	"lachan/policy/catalogue"
)

// listsTime is how long lists may take to be compiled.
const listsTime = 30 * time.Minute

// A ListsOrder says which lists are to be compiled.
type ListsOrder struct {
	Folder string        `json:"folder"` // of the compiled lists
	Serial uint64        `json:"serial"` // of those in force; 0 if there are none
	Files  []source.File `json:"files"`
}

// A ListsAnswer says where the compiled lists are.
type ListsAnswer struct {
	Serial uint64           `json:"serial"`
	Report blocklist.Report `json:"report"`
}

// Lists compiles lists.
func (j *Jobs) Lists(ctx context.Context, order ListsOrder) (answer ListsAnswer, err error) {
	return answer, j.run(ctx, "lists", nil, listsTime, order, &answer)
}

// compileLists brings the lists in the folder up to date with the files. It
// yields once more if it compiles all of them.
func compileLists(c command.Call, o ListsOrder) (answer ListsAnswer, err error) {
	facts, err := catalogue.Load()
	if err != nil {
		return answer, err
	}
	store := blocklist.NewStore(o.Folder)
	var old *blocklist.Lists
	if o.Serial > 0 {
		old, err = store.OpenSerial(nil, o.Serial)
	}
	if errors.Is(err, blocklist.ErrDamaged) {
		old, err = nil, nil // compile all of them
	}
	if err != nil {
		return answer, err
	}
	lists, report, err := store.Update(
		c.Context(), old, source.All(source.Builtin(facts), o.Files), blocklist.Options{OnFullCompile: yield},
	)
	if err != nil {
		return answer, err
	}
	return ListsAnswer{lists.Serial(), report}, nil
}
