package manage

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/charset"
	"lachan/internal/message"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/script"
)

// reload reads everything again. With a mistake anywhere, all stays as it was, and
// the mistakes are returned.
func (n *node) reload(ctx context.Context) yamlfile.Problems {
	cfg, problems := n.load()
	if len(problems) > 0 {
		return n.refuseReload(problems)
	}
	p, problems := n.loadPolicy(ctx, cfg, n.policy)
	if p == nil {
		return n.refuseReload(problems)
	}
	if n.services.member.Hub() != "" {
		if problems := n.lists.runScripts(cfg, p); len(problems) > 0 {
			return n.refuseReload(problems)
		}
	}
	if _, problem := cfg.OpenUpstreams(nil, nil, nil); problem != nil {
		return n.refuseReload(yamlfile.Problems{*problem})
	}
	keeper, err := openCertificate(cfg)
	if err != nil {
		return n.refuseReload(yamlfile.Problems{*cfg.Problem("server.tls", err)})
	}
	if err := n.supervisor.listen(cfg.Endpoints()); err != nil {
		wrong := cfg.Wrong("server.listen", wording.Text{VI: err.Error(), EN: err.Error()})
		return n.refuseReload(yamlfile.Problems{wrong})
	}
	n.cfg, n.policy, n.identity.certificate = cfg, p, keeper
	n.lists.bind()
	n.system = n.systemNow()
	n.useNames()
	n.identity.renewCookies(time.Now())
	n.putInForce()
	n.protect(p.Policy)
	n.conditions.Clear("reload")
	n.renewCertificate(time.Now())
	n.services.startAll(ctx)
	n.lists.startUpdater(ctx)
	n.lists.startCompiling(ctx)
	serial := n.lists.serial
	n.resolves.whenUsed = append(n.resolves.whenUsed, func() { n.log.Info("reloaded", "serial", serial) })
	return nil
}

// mostScript bounds a policy script that came from the hub, in bytes.
const mostScript = 1 << 20

// runScripts asks a policy that has come from the hub what its scripts ask, before it is in
// force. Those of this machine's own policy are for `lachan check`.
func (l *lists) runScripts(cfg *config.Config, p *stored) (problems yamlfile.Problems) {
	if p.Digest() == l.policy.Digest() {
		return nil
	}
	return askScripts(p.Policy, source.Bind(l.newest, p.Policy, cfg))
}

// scripts is the first answer that the scripts of the policy in force expect otherwise. Any
// goroutine may call it.
func (l *lists) scripts() error {
	v := l.held.view()
	if problems := askScripts(v.rules.Policy(), v.list); len(problems) > 0 {
		return problems[0]
	}
	return nil
}

// askScripts asks a policy with lists what its scripts ask.
func askScripts(p *policy.Policy, list *blocklist.List) (problems yamlfile.Problems) {
	for _, path := range p.Tests() {
		info, err := os.Stat(path)
		if err != nil || info.Size() > mostScript {
			continue // the hub has told that it does not come
		}
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		s, mistakes := script.Parse(filepath.Base(path), charset.Text(text))
		problems = append(append(problems, mistakes...), s.Run(p, list)...)
	}
	return problems
}

// reloaded tells what came of a reload: it is in force, or the first of its mistakes.
func (s *supervisor) reloaded(problems yamlfile.Problems) {
	var refusal message.Refusal
	if len(problems) > 0 {
		refusal.Error = wording.ErrorIn(problems[0], wording.English)
	}
	m, err := message.JSON(message.Reloaded, refusal)
	if err == nil {
		_ = s.conn.Send(m) // a supervisor that is gone is noticed where it is listened to
	}
}

// mostMistakes bounds what the log has of one reload; `lachan check` says all.
const mostMistakes = 50

// refuseReload says what is wrong, and returns it.
func (n *node) refuseReload(problems yamlfile.Problems) yamlfile.Problems {
	for _, p := range problems[:min(len(problems), mostMistakes)] {
		n.log.Error("reload refused, what was in force stays", "mistake", wording.ErrorIn(p, wording.English))
	}
	n.conditions.Set("reload", problems[0].Error())
	return problems
}
