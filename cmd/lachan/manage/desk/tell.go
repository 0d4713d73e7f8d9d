package desk

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"lachan/admin/tell"
)

// lookEvery is how often it is looked whom to tell that something waits.
const lookEvery = time.Minute

// Tell tells people that something waits for them until ctx is done.
func (o *Office) Tell(ctx context.Context) {
	cfg, _, _ := o.src.InForce()
	t := tell.Teller{
		People: o.People, Zone: cfg.Timezone.Location, Log: o.src.Log,
		Link: func() string {
			cfg, _, _ := o.src.InForce()
			if cfg.Console.URL == "" {
				return ""
			}
			return strings.TrimSuffix(cfg.Console.URL, "/") + "/requests"
		},
		Send: func(ctx context.Context, p tell.Person, n tell.Note) error {
			cfg, _, _ := o.src.InForce()
			m := &cfg.Console.Mail
			s := tell.Sender{Server: m.Server, From: m.From, User: m.Username, PasswordFile: m.PasswordFile}
			return s.Send(ctx, p, n)
		},
	}
	if err := t.Open(filepath.Join(o.state, "told.json")); err != nil {
		o.src.Log.Warn("read whom was told", "error", err)
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if err := t.Look(ctx, now); err != nil && ctx.Err() == nil {
				o.src.Log.Warn("tell people that something waits", "error", err)
			}
		}
	}
}
