package lists

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/impact"
)

// impactTimeout bounds the question to a running server, which compiles the
// version first.
const impactTimeout = time.Minute

// askImpact asks the running server what the version of a feed that is held back
// would newly block of what was asked lately. It knows that no longer than it
// runs.
func askImpact(ctx context.Context, cfg *config.Config, server, feed string) (found impact.Impact, err error) {
	if server == "" {
		if !cfg.HTTP.Listen.IsValid() {
			return impact.Impact{}, errors.New("http.listen: \"\"")
		}
		server = cfg.HTTP.URL()
	}
	ctx, cancel := context.WithTimeout(ctx, impactTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/api/lists/impact?feed="+url.QueryEscape(feed), nil)
	if err != nil {
		return impact.Impact{}, err
	}
	token, err := cfg.HTTP.Token()
	if err != nil {
		return impact.Impact{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return impact.Impact{}, err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(io.LimitReader(reply.Body, 1<<20))
	if err != nil {
		return impact.Impact{}, err
	}
	if reply.StatusCode != http.StatusOK {
		return impact.Impact{}, fmt.Errorf("%s: %.200s", reply.Status, text)
	}
	return found, json.Unmarshal(text, &found)
}

// printImpact says which names people would miss.
func printImpact(c command.Call, found *impact.Impact) {
	if found.Names == 0 {
		c.Note(textImpactNone.With(found.Feed, found.Of, impact.LeastAsked))
		return
	}
	c.Note(textImpactSome.With(found.Feed, found.Names, found.Asked, found.Of))
	for _, n := range found.Top {
		c.Note(textImpactName.With(n.Name, n.Asked))
	}
	if more := found.Names - len(found.Top); more > 0 {
		c.Note(textImpactMore.With(more))
	}
}
