package api

import (
	"encoding/json"
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// The bodies of what is decided, and the decisions that they are.

// decisionRoutes are the routes that decide.
func decisionRoutes() []route {
	return append([]route{
		{pattern: "POST /api/v1/units/{id}/exceptions", serve: deciding(except)},
		{pattern: "POST /api/v1/units/{id}/exceptions/many", serve: deciding(exceptMany), most: mostNames},
		{pattern: "DELETE /api/v1/units/{id}/exceptions/{action}/{name}", serve: simply(withdraw)},
		{pattern: "POST /api/v1/ledger/{seq}/undo", serve: numbered(func(seq uint64) admin.Decision { return admin.Undo{Seq: seq} })},
		{pattern: "POST /api/v1/proposals/{seq}/confirm", serve: numbered(func(seq uint64) admin.Decision { return admin.Confirm{Seq: seq} })},
		{pattern: "POST /api/v1/proposals/{seq}/decline", serve: numbered(func(seq uint64) admin.Decision { return admin.Decline{Seq: seq} })},
		{pattern: "POST /api/v1/requests/answer", serve: deciding(answerMany)},
		{pattern: "POST /api/v1/requests/{id}/answer", serve: deciding(answerOne)},
		{pattern: "POST /api/v1/requests/{id}/reopen", serve: simply(func(c *call) admin.Decision { return admin.Reopen{Request: c.PathValue("id")} })},
		{pattern: "POST /api/v1/feeds/{name}/held/approve", serve: simply(func(c *call) admin.Decision { return admin.ApproveList{Feed: c.PathValue("name")} })},
		{pattern: "POST /api/v1/feeds/{name}/held/reject", serve: simply(func(c *call) admin.Decision { return admin.RejectList{Feed: c.PathValue("name")} })},
		{pattern: "POST /api/v1/feeds/{name}/roll-back", serve: simply(func(c *call) admin.Decision { return admin.RollBackList{Feed: c.PathValue("name")} })},
		{pattern: "POST /api/v1/feeds", serve: deciding(useList)},
		{pattern: "DELETE /api/v1/feeds/{name}", serve: simply(func(c *call) admin.Decision { return admin.DropList{Name: c.PathValue("name")} })},
		{pattern: "POST /api/v1/orders", serve: deciding(handOver), most: mostTable},
		{pattern: "DELETE /api/v1/orders", serve: deciding(takeBack)},
		{pattern: "PUT /api/v1/reports/words", serve: deciding(setWords)},
		{pattern: "POST /api/v1/evidence", serve: deciding(handOut)},
		{pattern: "POST /api/v1/accounts", serve: deciding(addAccount)},
		{pattern: "DELETE /api/v1/accounts/{id}", serve: simply(func(c *call) admin.Decision { return admin.RemoveAccount{ID: c.account()} })},
		{pattern: "POST /api/v1/accounts/{id}/reset", serve: simply(func(c *call) admin.Decision { return admin.ResetAccount{ID: c.account()} })},
		{pattern: "POST /api/v1/accounts/{id}/grants", serve: deciding(grant)},
		{pattern: "DELETE /api/v1/accounts/{id}/grants", serve: deciding(revoke)},
		{pattern: "POST /api/v1/accounts/{id}/tokens", serve: deciding(issueToken)},
		{pattern: "DELETE /api/v1/accounts/{id}/tokens/{token}", serve: simply(endToken)},
	}, structureRoutes()...)
}

// structureRoutes are those that decide on units and what they are made of.
func structureRoutes() []route {
	return []route{
		{pattern: "PUT /api/v1/units/{id}", serve: deciding(setUnit)},
		{pattern: "DELETE /api/v1/units/{id}", serve: simply(func(c *call) admin.Decision { return admin.RemoveUnit{ID: c.PathValue("id")} })},
		{pattern: "POST /api/v1/units/{id}/adopt", serve: simply(func(c *call) admin.Decision { return admin.Adopt{Unit: c.PathValue("id")} })},
		{pattern: "PUT /api/v1/units/{id}/groups/{group}", serve: deciding(setGroup)},
		{pattern: "DELETE /api/v1/units/{id}/groups/{group}", serve: simply(func(c *call) admin.Decision {
			return admin.SetGroup{School: c.PathValue("id"), ID: c.PathValue("group"), Group: json.RawMessage("null")}
		})},
		{pattern: "PUT /api/v1/units/{id}/rules", serve: deciding(setRules)},
		{pattern: "PUT /api/v1/units/{id}/calendar", serve: deciding(setCalendar)},
		{pattern: "DELETE /api/v1/units/{id}/calendar", serve: simply(func(c *call) admin.Decision {
			return admin.SetCalendar{Unit: c.PathValue("id"), Calendar: json.RawMessage("null")}
		})},
		{pattern: "POST /api/v1/units/{id}/locks/{category}", serve: simply(func(c *call) admin.Decision {
			return admin.Lock{Unit: c.PathValue("id"), Category: c.PathValue("category")}
		})},
		{pattern: "DELETE /api/v1/units/{id}/locks/{category}", serve: simply(func(c *call) admin.Decision {
			return admin.Lift{Unit: c.PathValue("id"), Category: c.PathValue("category")}
		})},
		{pattern: "PUT /api/v1/calendar", serve: deciding(setCalendar)},
		{pattern: "PUT /api/v1/profiles/{name}", serve: deciding(setProfile)},
		{pattern: "DELETE /api/v1/profiles/{name}", serve: simply(func(c *call) admin.Decision {
			return admin.SetProfile{Name: c.PathValue("name"), Profile: json.RawMessage("null")}
		})},
		{pattern: "PUT /api/v1/timetables/{name}", serve: deciding(setTimetable)},
		{pattern: "DELETE /api/v1/timetables/{name}", serve: simply(func(c *call) admin.Decision {
			return admin.SetTimetable{Name: c.PathValue("name"), Timetable: json.RawMessage("null")}
		})},
	}
}

// numbered is what a route does whose path has the number of a record.
func numbered(make func(seq uint64) admin.Decision) func(*API, *call) (reply, error) {
	return func(a *API, c *call) (reply, error) {
		seq, err := c.seq()
		if err != nil {
			return reply{}, err
		}
		return simply(func(*call) admin.Decision { return make(seq) })(a, c)
	}
}

type exceptBody struct {
	reason
	Name     string    `json:"name"`
	Block    bool      `json:"block,omitempty"`
	From     time.Time `json:"from,omitzero"`
	Until    string    `json:"until,omitempty"`
	Document string    `json:"document,omitempty"`
}

func except(c *call, b exceptBody) (admin.Decision, error) {
	return admin.Except{
		Unit: c.PathValue("id"), Name: b.Name, Block: b.Block, From: b.From, Until: b.Until, Document: b.Document,
	}, nil
}

type exceptManyBody struct {
	reason
	Text     string    `json:"text"`
	Block    bool      `json:"block,omitempty"`
	From     time.Time `json:"from,omitzero"`
	Until    string    `json:"until,omitempty"`
	Document string    `json:"document,omitempty"`
}

func exceptMany(c *call, b exceptManyBody) (admin.Decision, error) {
	return admin.ExceptMany{Text: b.Text, Except: admin.Except{
		Unit: c.PathValue("id"), Block: b.Block, From: b.From, Until: b.Until, Document: b.Document,
	}}, nil
}

func withdraw(c *call) admin.Decision {
	return admin.Withdraw{Unit: c.PathValue("id"), Object: c.PathValue("action") + "/" + c.PathValue("name")}
}

type answerBody struct {
	reason
	Outcome string `json:"outcome"`
	Until   string `json:"until,omitempty"`
	Text    string `json:"text,omitempty"`
}

type answerManyBody struct {
	answerBody
	Requests []string `json:"requests"`
}

// mostAnswered bounds how many requests are answered at once.
const mostAnswered = 500

func answerMany(_ *call, b answerManyBody) (admin.Decision, error) {
	if len(b.Requests) == 0 || len(b.Requests) > mostAnswered {
		return nil, invalid("requests", textHowMany.With(mostAnswered))
	}
	return answerOf(b.Requests, b.answerBody), nil
}

func answerOne(c *call, b answerBody) (admin.Decision, error) {
	return answerOf([]string{c.PathValue("id")}, b), nil
}

func answerOf(requests []string, b answerBody) admin.Decision {
	return admin.Answer{Requests: requests, Outcome: admin.Outcomes(b.Outcome), Until: b.Until, Text: b.Text}
}

type useListBody struct {
	reason
	Name     string `json:"name,omitempty"`
	URL      string `json:"url,omitempty"`
	Format   string `json:"format,omitempty"`
	Category string `json:"category,omitempty"`
}

func useList(_ *call, b useListBody) (admin.Decision, error) {
	return admin.UseList{List: admin.List{Name: b.Name, URL: b.URL, Format: b.Format, Category: b.Category}}, nil
}

type handOverBody struct {
	reason
	Authority string `json:"authority"`
	Document  string `json:"document"`
	File      string `json:"file"`
	Table     []byte `json:"table"` // base64
}

func handOver(_ *call, b handOverBody) (admin.Decision, error) {
	return admin.HandOver{Authority: b.Authority, Document: b.Document, File: b.File, Table: b.Table}, nil
}

type takeBackBody struct {
	reason
	Authority string `json:"authority"`
	Document  string `json:"document"`
}

func takeBack(_ *call, b takeBackBody) (admin.Decision, error) {
	return admin.TakeBack{Authority: b.Authority, Document: b.Document}, nil
}

type wordsBody struct {
	reason
	Unit   string `json:"unit"`
	Period string `json:"period"`
	Part   string `json:"part"`
	Text   string `json:"text"`
}

func setWords(_ *call, b wordsBody) (admin.Decision, error) {
	return admin.SetWords{Unit: b.Unit, Period: b.Period, Part: b.Part, Text: b.Text}, nil
}

type handedBody struct {
	reason
	Unit   string `json:"unit"`
	Period string `json:"period"`
	SHA256 string `json:"sha256"`
}

func handOut(_ *call, b handedBody) (admin.Decision, error) {
	return admin.HandOut{Unit: b.Unit, Period: b.Period, SHA256: b.SHA256}, nil
}

type accountBody struct {
	reason
	ID       string `json:"id,omitempty"`
	Unit     string `json:"unit"`
	Name     string `json:"name"`
	Language string `json:"language,omitempty"`
	Notify   string `json:"notify,omitempty"`
	Mail     string `json:"mail,omitempty"`
	Webhook  string `json:"webhook,omitempty"`
}

func addAccount(_ *call, b accountBody) (admin.Decision, error) {
	return admin.AddAccount{
		ID: b.ID, Unit: b.Unit, Name: b.Name, Language: b.Language, Notify: b.Notify, Mail: b.Mail, Webhook: b.Webhook,
	}, nil
}

type grantBody struct {
	reason
	Role  string `json:"role"`
	Unit  string `json:"unit"`
	Until string `json:"until,omitempty"`
}

func grant(c *call, b grantBody) (admin.Decision, error) {
	return admin.GrantRole{Account: c.account(), Role: account.Role(b.Role), Unit: b.Unit, Until: b.Until}, nil
}

type revokeBody struct {
	reason
	Role string `json:"role"`
	Unit string `json:"unit"`
}

func revoke(c *call, b revokeBody) (admin.Decision, error) {
	return admin.RevokeRole{Account: c.account(), Role: account.Role(b.Role), Unit: b.Unit}, nil
}

type tokenBody struct {
	reason
	Name   string          `json:"name"`
	Scopes []account.Right `json:"scopes,omitempty"`
	Unit   string          `json:"unit,omitempty"`
	Until  string          `json:"until,omitempty"`
}

func issueToken(c *call, b tokenBody) (admin.Decision, error) {
	return admin.IssueToken{Account: c.account(), Name: b.Name, Scopes: b.Scopes, Unit: b.Unit, Until: b.Until}, nil
}

func endToken(c *call) admin.Decision {
	return admin.EndToken{Account: c.account(), Token: c.PathValue("token")}
}

type unitBody struct {
	reason
	Unit json.RawMessage `json:"unit"`
}

func setUnit(c *call, b unitBody) (admin.Decision, error) {
	return admin.SetUnit{ID: c.PathValue("id"), Unit: b.Unit}, nil
}

type groupBody struct {
	reason
	Group json.RawMessage `json:"group"`
}

func setGroup(c *call, b groupBody) (admin.Decision, error) {
	return admin.SetGroup{School: c.PathValue("id"), ID: c.PathValue("group"), Group: b.Group}, nil
}

type rulesBody struct {
	reason
	Rules json.RawMessage `json:"rules"`
}

func setRules(c *call, b rulesBody) (admin.Decision, error) {
	return admin.SetRules{Unit: c.PathValue("id"), Rules: b.Rules}, nil
}

type calendarBody struct {
	reason
	Calendar json.RawMessage `json:"calendar"`
}

func setCalendar(c *call, b calendarBody) (admin.Decision, error) {
	return admin.SetCalendar{Unit: c.PathValue("id"), Calendar: b.Calendar}, nil
}

type profileBody struct {
	reason
	Profile json.RawMessage `json:"profile"`
}

func setProfile(c *call, b profileBody) (admin.Decision, error) {
	return admin.SetProfile{Name: c.PathValue("name"), Profile: b.Profile}, nil
}

type timetableBody struct {
	reason
	Timetable json.RawMessage `json:"timetable"`
}

func setTimetable(c *call, b timetableBody) (admin.Decision, error) {
	return admin.SetTimetable{Name: c.PathValue("name"), Timetable: b.Timetable}, nil
}
