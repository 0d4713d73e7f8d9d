package nodes

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/wording"
	"lachan/policy/source"
)

// others are the other hubs of a fleet that has three, and what they decide.
type others struct {
	*Hub
	cfg *config.Config
}

// Share has the ledger be that of three hubs, if the configuration says so: from then on nothing
// is decided here that the hubs have not confirmed.
func Share(h *Hub, cfg *config.Config) error {
	if len(cfg.Fleet.Hubs) == 0 {
		return nil
	}
	var writers, former []ed25519.PublicKey
	if _, t, _, err := ReadTrust(config.FleetDir(cfg)); err == nil { // else Serve tells what is wrong with it
		writers, former = t.Writers(), t.Revoked()
	}
	if err := ledger.Share(h.src.Ledger, &h.chain, writers...); err != nil {
		return err
	}
	return ledger.Vouched(h.src.Ledger, former...)
}

// Times of an attempt to be together with the other hubs, and between two.
const (
	togetherTime = 10 * time.Second // of the first one
	togetherMost = time.Minute      // of a later one: where all machines are busy answers take long
	togetherRest = 500 * time.Millisecond
)

// partners are the other hubs; nil if this is the only one.
func partners(h *Hub, cfg *config.Config) *hub.Partners {
	if len(cfg.Fleet.Hubs) == 0 {
		return nil
	}
	o := others{h, cfg}
	_, addresses := cfg.Fleet.Partners()
	return &hub.Partners{Listen: cfg.Fleet.Between, Addresses: addresses, Trusted: o.trusts, Waits: o.tell}
}

// trusts reports whether a key is that of a hub at this moment.
func (o others) trusts(key ed25519.PublicKey) bool {
	signed := o.trust.Load()
	if signed == nil {
		return false
	}
	fingerprint, err := signed.Fingerprint()
	if err != nil {
		return false
	}
	t, err := signed.Open(fingerprint)
	return err == nil && t.Has(key, time.Now())
}

// together has the ledger here and that of the other hubs be the same, and the streams open. It
// waits until they are: the other hubs may have to agree first who leads.
func (o others) together(ctx context.Context, served *hub.Hub) (*hub.Feed, error) {
	for most := togetherTime; ; most = min(2*most, togetherMost) {
		if err := Share(o.Hub, o.cfg); err != nil { // also keys that came since
			return nil, err
		}
		o.chain.Use(served)
		try, cancel := context.WithTimeout(ctx, most)
		err := o.chain.Meet(try, o.src.Ledger, o.cfg.Fleet.First())
		var feed *hub.Feed
		if err == nil {
			o.src.Conditions.Clear("ledger-forked")
			feed, err = o.open(try, served, o.cfg)
		}
		var vault *hub.Vault
		if err == nil {
			vault, err = hub.OpenVault(try, served)
		}
		cancel()
		if err == nil {
			o.secrets.use(vault)
			return feed, nil
		}
		o.chain.Use(nil)
		if errors.Is(err, hub.ErrForked) {
			if o.src.Conditions.Set("ledger-forked", textForked.With(config.LedgerDir(o.cfg), err).String()) {
				o.src.Log.Error("go on with the ledger of the other hubs", "error", err)
			}
		} else {
			o.tell(err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(togetherRest):
		}
	}
}

// follow takes what other hubs decide, and has it in force here, until ctx is done.
func (o others) follow(ctx context.Context) {
	bell := make(chan struct{}, 1)
	if err := o.chain.Heard(func() {
		select {
		case bell <- struct{}{}:
		default: // it is looked at
		}
	}); err != nil {
		o.src.Log.Error("listen to the other hubs", "error", err) // it looks by itself
	}
	if now, rules := o.src.InForce(); ctx.Err() == nil {
		o.src.Begun(ctx, now, rules)
	}
	f := following{hub: o.Hub} // what came since this machine was away is not in force yet
	for {
		if _, err := ledger.CatchUp(ctx, o.src.Ledger); err != nil && ctx.Err() == nil {
			o.tellCaughtUp(err)
		} else {
			o.src.Conditions.Clear("ledger-forked")
		}
		f.putInForce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-time.After(watchEvery):
		}
	}
}

// tellCaughtUp tells that what other hubs have decided cannot be taken.
func (o others) tellCaughtUp(err error) {
	if !errors.Is(err, ledger.ErrFollow) && !errors.Is(err, ledger.ErrForged) {
		return // too few are there, which look tells
	}
	if o.src.Conditions.Set("ledger-forked", textForked.With(config.LedgerDir(o.cfg), err).String()) {
		o.src.Log.Error("take what other hubs have decided", "error", err)
	}
}

// following is what was decided, on its way into force on this hub.
type following struct {
	hub      *Hub
	last     uint64 // record of the ledger that was looked at
	compiled [sha256.Size]byte
	again    bool // it could not be in force
}

// putInForce has in force here what was decided at any hub since. What was decided here is
// already, which changes nothing then.
func (f *following) putInForce(ctx context.Context) {
	src := &f.hub.src
	end := src.Ledger.State().Seq()
	if end == f.last && !f.again {
		return
	}
	err := src.Ledger.WriteConsole()
	if err == nil {
		text := source.Compiled(src.Ledger.State().Console(nil))
		if sum := sha256.Sum256(text); sum != f.compiled {
			if err = src.Restructure(ctx); err == nil {
				f.compiled = sum
			}
		}
	}
	err = errors.Join(err, src.Decide(ctx))
	if f.last, f.again = end, err != nil; err == nil {
		src.Conditions.Clear("fleet-decisions")
		return
	}
	if ctx.Err() == nil && src.Conditions.Set("fleet-decisions", textOthers.With(err).String()) {
		src.Log.Error("put in force what other hubs have decided", "error", wording.ErrorIn(err, wording.English))
	}
}

// look tells which of the other hubs are not there, or that all are, until ctx is done.
func (o others) look(ctx context.Context, served *hub.Hub) {
	for {
		if served.Met() == len(o.cfg.Fleet.Hubs)-1 {
			o.src.Conditions.Clear("fleet-hubs")
		} else {
			o.tellAway()
		}
		o.lookAtSecrets(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(countEvery):
		}
	}
}

// tell tells why the hubs have not found together.
func (o others) tell(err error) {
	text := textNotTogether.With(o.cfg.Fleet.Between.Port(), err)
	if o.src.Conditions.Set("fleet-hubs", text.String()) {
		o.src.Log.Error("find together with the other hubs", "error", err)
	}
}

// tellAway tells which of the other hubs do not answer, and what that means.
func (o others) tellAway() {
	var away []string
	addresses, _ := o.cfg.Fleet.Partners()
	for _, address := range addresses {
		if why := o.knock(address); why != nil {
			away = append(away, address+": "+wording.ErrorIn(why, wording.English))
		}
	}
	text := textOneAway.With(strings.Join(away, "; "))
	switch len(away) {
	case 0:
		text = textBetweenShut.With(o.cfg.Fleet.Between.Port())
	case len(addresses):
		text = textAllAway.With(strings.Join(away, "; "))
	}
	if o.src.Conditions.Set("fleet-hubs", text.String()) {
		o.src.Log.Error("reach the other hubs", "away", len(away))
	}
}

// knock is why another hub does not answer at the address for nodes.
func (o others) knock(address string) error {
	conn, err := fleet.Dialer{Protocol: fleet.HTTP, Trusted: o.trusts}.Dial("tcp", address)
	if errors.Is(err, fleet.ErrStranger) {
		return wording.Error(textStranger)
	}
	if err != nil {
		return err
	}
	return conn.Close()
}

var (
	textForked = wording.Text{
		VI: "sổ quyết định của máy này khác sổ của các máy trung tâm kia, nên ở đây không quyết định được: dừng máy chủ, chuyển mọi tệp trừ key và key.pub ra khỏi %s rồi khởi động lại; máy sẽ lấy sổ chung (%v)",
		EN: "the ledger of this machine is another than that of the other hubs, so that nothing can be decided here: stop the server, move all files but key and key.pub out of %s, and start it; it takes the ledger of all then (%v)",
	}
	textOthers = wording.Text{
		VI: "điều quyết định ở máy trung tâm khác chưa có hiệu lực ở đây, sẽ thử lại: %v",
		EN: "what was decided at another hub is not in force here, and is tried again: %v",
	}
	textOneAway = wording.Text{
		VI: "một máy trung tâm không trả lời; hai máy còn lại vẫn quyết định, và không được mất thêm máy nào: %v",
		EN: "one hub does not answer; the two others go on deciding, and no other may go: %v",
	}
	textAllAway = wording.Text{
		VI: "máy này không tới được máy trung tâm nào khác nên ở đây không quyết định được gì; máy chủ và các nút vẫn trả lời theo điều đã có. Hãy xem các máy ấy, cổng và tường lửa: %v",
		EN: "this machine reaches no other hub, and nothing can be decided here; answers and nodes go on by what there is. Look at those machines, ports and firewalls: %v",
	}
	textNotTogether = wording.Text{
		VI: "ba máy trung tâm chưa gặp nhau nên chưa quyết định được gì; lần đầu cần đủ cả ba. Hãy xem từng máy có chạy không, khóa gốc có công nhận nó không (lachan fleet init), và cổng %d (fleet.between) có mở cho nhau không: %v",
		EN: "the three hubs have not found together, and nothing can be decided; at first all three are needed. See whether each runs, the root key names it (lachan fleet init), and port %d (fleet.between) is open to the others: %v",
	}
	textBetweenShut = wording.Text{
		VI: "máy trung tâm kia trả lời các nút nhưng không gặp được ở cổng %d (fleet.between): hãy xem tường lửa",
		EN: "another hub answers nodes and is not met at port %d (fleet.between): look at firewalls",
	}
	textStranger = wording.Text{
		VI: "máy ở đó không phải máy trung tâm mà khóa gốc công nhận; hãy chạy lachan fleet init trên từng máy",
		EN: "what is there is no hub that the root key names; run lachan fleet init on each",
	}
)
