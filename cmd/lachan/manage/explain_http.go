package manage

import (
	"cmp"
	"net/http"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/explain"
	"lachan/policy"
)

// serveExplain is GET /api/explain?name=&unit=|client=&type=&at=: what `lachan
// explain --json` prints, by the rules in force.
func (n *node) serveExplain(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	q := explain.Question{Client: query.Get("client"), Unit: query.Get("unit"), Type: cmp.Or(query.Get("type"), "A"), At: query.Get("at")}
	v := n.view.Load()
	explanation, err := q.Ask(query.Get("name"), v.cfg.Timezone.Location, func(at time.Time) *policy.Rules {
		if q.At == "" {
			return v.rules
		}
		return v.rules.Policy().At(v.list, at, v.rules.Serial())
	})
	if err != nil {
		command.AnswerError(w, http.StatusBadRequest, err)
		return
	}
	command.AnswerJSON(w, http.StatusOK, explanation)
}
