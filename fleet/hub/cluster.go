package hub

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lachan/fleet"
)

// A Cluster is servers of others, by which records are carried in place of one in this
// process. They ask the hub who nodes are (auth callout); nodes come to the hub's port as
// ever, which leads them there.
type Cluster struct {
	URL  string // of the servers, separated by commas
	Keys Keys
	CAs  *x509.CertPool // that vouch for their certificates; nil for those of the system
}

// Account is that of the fleet in a cluster.
const Account = "LACHAN"

// leastVersion is that of nats-server by which groups of records are put into a stream whole.
const leastVersion = "2.12"

// settings are what the servers of a cluster have to have.
var settings = template.Must(template.New("").Parse(`# nats-server {{.Version}} or newer, in the file of each server, beside its name, ports, cluster and TLS.
jetstream {
  store_dir: "/var/lib/nats"     # yours, if there is one already
  sync_interval: always          # what is said to be there is on the disk
}
accounts {
  {{.Account}} {
    jetstream: enabled
    users: [ {nkey: {{.User}}} ]
  }
}
authorization {
  auth_callout {
    account: {{.Account}}
    auth_users: [ {{.User}} ]
    issuer: {{.Issuer}}
  }
}
`))

// Settings are what the servers of a cluster have to have in their configuration.
func (k Keys) Settings() string {
	var text bytes.Buffer
	_ = settings.Execute(&text, map[string]string{ // a buffer takes all
		"Version": leastVersion, "Account": Account, "User": public(k.user), "Issuer": public(k.issuer),
	})
	return text.String()
}

// Errors of a cluster that is there and cannot be used as it is.
var (
	ErrUnknown    = errors.New("the cluster does not know this hub's key, or not for the account " + Account)
	ErrNoStreams  = errors.New("JetStream is not enabled in the cluster for the account " + Account)
	ErrNotAsked   = errors.New("the cluster does not ask this hub who nodes are (auth_callout)")
	ErrOldCluster = errors.New("its servers are older than nats-server " + leastVersion)
)

// An outside engine is servers of others.
type outside struct {
	Cluster
	hub  *Hub
	urls []*url.URL
}

func newOutside(h *Hub, c Cluster) (o *outside, err error) {
	o = &outside{Cluster: c, hub: h}
	for text := range strings.SplitSeq(c.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		if u.Port() == "" {
			u.Host = net.JoinHostPort(u.Hostname(), usualPort)
		}
		o.urls = append(o.urls, u)
	}
	return o, nil
}

// usualPort is that of servers that are named without one.
const usualPort = "4222"

// reconnectAfter is after how long a server that went away is asked again, up to twice that.
const reconnectAfter = 250 * time.Millisecond

func (o *outside) tls(host string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.CAs, ServerName: host}
}

// secure reports whether all that goes to the cluster is encrypted.
func (o *outside) secure() bool { return o.urls[0].Scheme == "tls" }

func (o *outside) connect() (urls string, options []nats.Option) {
	options = []nats.Option{
		nats.IgnoreDiscoveredServers(), nats.Timeout(handshakeTime), nats.Name("lachan hub " + o.hub.cfg.Name),
		nats.Nkey(public(o.Keys.user), o.Keys.user.Sign),
		nats.CustomReconnectDelay(func(int) time.Duration { return reconnectAfter + rand.N(reconnectAfter) }),
	}
	if o.secure() {
		options = append(options, nats.Secure(o.tls("")))
	}
	var all []string
	for _, u := range o.urls {
		all = append(all, u.String())
	}
	return strings.Join(all, ","), options
}

// most is how many servers have a copy of each stream: one may be lost.
const most = 3

func (*outside) replicas() int { return most }

func (*outside) close() {}

// Where servers ask who somebody is; one of the hubs answers.
const (
	authSubject = "$SYS.REQ.USER.AUTH"
	authQueue   = "lachan"
)

// begin answers who nodes are, and sees to it that the servers ask.
func (o *outside) begin(_ context.Context, conn *nats.Conn) error {
	if version := conn.ConnectedServerVersion(); older(version, leastVersion) {
		return fmt.Errorf("%w: %s", ErrOldCluster, version)
	}
	_, err := conn.QueueSubscribe(authSubject, authQueue, func(m *nats.Msg) {
		if text, err := o.answer(string(m.Data)); err == nil {
			_ = m.Respond([]byte(text)) // whoever is not answered is not let in
		}
	})
	if err == nil {
		err = conn.Flush() // from now on
	}
	if err != nil {
		return err
	}
	for _, u := range o.urls {
		if err := o.try(u); err != nil {
			return err
		}
	}
	return nil
}

// try connects to a server as a node that may do nothing, so that who has not set it up is
// told before nodes come. A server that is down is not tried.
func (o *outside) try(u *url.URL) error {
	_, options := o.connect()
	options = append(options, nats.NoReconnect(), nats.Nkey(public(o.Keys.probe), o.Keys.probe.Sign))
	conn, err := nats.Connect(u.String(), options...)
	if err == nil {
		conn.Close()
		return nil
	}
	if errors.Is(err, nats.ErrAuthorization) {
		return fmt.Errorf("%w: %s", ErrNotAsked, u.Host)
	}
	return nil
}

// older reports whether a version precedes another: the first two numbers of both count.
func older(version, than string) bool {
	numbers := func(text string) (n [2]int) {
		for i, part := range strings.SplitN(text, ".", 3) {
			if i < len(n) {
				n[i], _ = strconv.Atoi(part) // none is 0
			}
		}
		return n
	}
	is, least := numbers(version), numbers(than)
	return is[0] < least[0] || is[0] == least[0] && is[1] < least[1]
}

// answer answers a server's question who somebody is: a node of the fleet that came by the
// port of a hub, with what it may do, or nobody.
func (o *outside) answer(question string) (string, error) {
	asked, err := jwt.DecodeAuthorizationRequestClaims(question)
	if err != nil {
		return "", err
	}
	says, nonce := &asked.ConnectOptions, []byte(asked.ClientInformation.Nonce)
	user := jwt.NewUserClaims(asked.UserNkey)
	user.Audience, user.Limits.Payload = Account, maxPayload
	response := jwt.NewAuthorizationResponseClaims(asked.UserNkey)
	response.Audience = asked.Server.ID
	m, ok := o.hub.cfg.Member(says.Nkey)
	switch {
	case !signed(says.Nkey, says.SignedNonce, nonce):
		response.Error = "the nonce is not signed"
	case says.Nkey == public(o.Keys.probe):
		user.Name = "probe"
		user.Permissions.Pub.Deny, user.Permissions.Sub.Deny = jwt.StringList{">"}, jwt.StringList{">"}
	case !ok || !o.led(says.Token, nonce):
		response.Error = "it is no node, or has not come by the port of a hub"
	default:
		p := fleet.PermissionsOf(m.Node, m.Streams...)
		user.Name = m.Node
		user.Permissions.Pub.Allow, user.Permissions.Sub.Allow = p.Publish, p.Subscribe
	}
	if response.Error == "" {
		if response.Jwt, err = user.Encode(o.Keys.issuer); err != nil {
			return "", err
		}
	}
	return response.Encode(o.Keys.issuer)
}

// token proves that a connection, by its nonce, comes by the port of a hub.
func (o *outside) token(nonce []byte) (string, error) {
	signature, err := o.Keys.issuer.Sign(append([]byte("lachan door\n"), nonce...))
	return base64.RawURLEncoding.EncodeToString(signature), err
}

// led reports whether a token is that of a connection.
func (o *outside) led(token string, nonce []byte) bool {
	signature, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && o.Keys.issuer.Verify(append([]byte("lachan door\n"), nonce...), signature) == nil
}

// explained is why the hub cannot use a cluster.
func explained(err error) error {
	switch c := code(err); {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrNkeysNotSupported):
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	case errors.Is(err, nats.ErrNoServers), errors.As(err, new(*net.OpError)):
		return fmt.Errorf("%w: %w", ErrAway, err)
	case c == jetstream.JSErrCodeJetStreamNotEnabled, c == jetstream.JSErrCodeJetStreamNotEnabledForAccount:
		return fmt.Errorf("%w: %w", ErrNoStreams, err)
	}
	return err
}
