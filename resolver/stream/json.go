package stream

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// typeJSON is the media type of answers as JSON, in the form that Google's and
// Cloudflare's resolvers gave it.
const typeJSON = "application/dns-json"

// questionOf makes a query of the parameters name, type (a mnemonic or a number;
// A when it is not given), do and cd. Others, such as edns_client_subnet, mean
// nothing here.
func questionOf(given url.Values) ([]byte, error) {
	name, kind := given.Get("name"), uint16(dns.TypeA)
	if t := given.Get("type"); t != "" {
		number, err := strconv.ParseUint(t, 10, 16)
		known, ok := dns.StringToType[strings.ToUpper(t)]
		switch {
		case err == nil:
			kind = uint16(number)
		case ok:
			kind = known
		default:
			return nil, errors.New("no such type")
		}
	}
	if name == "" {
		return nil, errors.New("no name")
	}
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	m.Id = 0
	m.CheckingDisabled = isTrue(given.Get("cd"))
	return m.SetEdns0(ednsSize, isTrue(given.Get("do"))).Pack()
}

// ednsSize means nothing over HTTPS, but has to be given.
const ednsSize = 1232

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

type jsonMessage struct {
	Status     int
	TC         bool
	RD         bool
	RA         bool
	AD         bool
	CD         bool
	Question   []jsonQuestion
	Answer     []jsonRecord `json:",omitempty"`
	Authority  []jsonRecord `json:",omitempty"`
	Additional []jsonRecord `json:",omitempty"`
	Comment    []string     `json:",omitempty"` // extended errors (RFC 8914)
}

type jsonQuestion struct {
	Name string `json:"name"`
	Type uint16 `json:"type"`
}

type jsonRecord struct {
	Name string `json:"name"`
	Type uint16 `json:"type"`
	TTL  uint32
	Data string `json:"data"`
}

// asJSON is an answer as JSON.
func asJSON(reply []byte) (kind string, body []byte, err error) {
	var m dns.Msg
	if err := m.Unpack(reply); err != nil {
		return "", nil, refusal(http.StatusBadGateway)
	}
	j := jsonMessage{
		Status: m.Rcode, TC: m.Truncated, RD: m.RecursionDesired, RA: m.RecursionAvailable,
		AD: m.AuthenticatedData, CD: m.CheckingDisabled, Answer: jsonRecords(m.Answer), Authority: jsonRecords(m.Ns),
	}
	for _, q := range m.Question {
		j.Question = append(j.Question, jsonQuestion{q.Name, q.Qtype})
	}
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				j.Comment = append(j.Comment, strings.TrimSpace("EDE "+e.String()))
			}
		}
	}
	body, err = json.Marshal(j)
	return typeJSON, body, err
}

func jsonRecords(section []dns.RR) (records []jsonRecord) {
	for _, rr := range section {
		h := rr.Header()
		records = append(records, jsonRecord{h.Name, h.Rrtype, h.Ttl, strings.TrimPrefix(rr.String(), h.String())})
	}
	return records
}
