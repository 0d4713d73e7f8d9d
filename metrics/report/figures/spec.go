package figures

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/internal/dates"
	"lachan/metrics/engine"
	"lachan/metrics/tally"
)

// A Spec says what to report on, and holds what does not come from counters.
type Spec struct {
	// Unit is the id of the school, commune or province that reports. "" is
	// the operator: every school.
	Unit   string
	Period Period
	// Document is the number of an authority's order that alone is reported on;
	// "" for the whole report.
	Document string
	// Now is when the report is made. If the period is over and every node has sent
	// everything, only the ages of lists and Ledger depend on it.
	Now time.Time
	// Units are those of the policy in force: their names, and the schools that
	// should be heard of. A school that only counters know is taken in too.
	Units []Unit
	// Categories in the order in which documents name them.
	Categories []Category
	// Levels are the levels of education in that order: code and label.
	Levels [][2]string
	// Hours are those of lessons.
	Hours  Hours
	Orders []Order
	// Days are the files of package tally; some may be of other periods.
	Days  []tally.Day
	Feeds []Feed
	// Nodes are those that should have sent figures; a report names the ones that never did.
	Nodes []string
	// Kept are the final figures of earlier reports, which a period is compared with when the
	// engine has nothing of the other one any more.
	Kept []Kept
	// Groups are the names of the groups of schools, by "SCHOOL/GROUP".
	Groups map[string]string
	// Requests ask that names be opened; some are of other periods. Nil if they
	// are not kept here.
	Requests []Request
	// Decisions were made at nodes of a fleet; some are of other periods, or came at once.
	Decisions []NodeDecision
	// Tests are those that the node which makes the report made of itself; some are of other
	// periods.
	Tests []SelfTest
	// Quiet are school days with far fewer questions than usual; some are of other periods.
	Quiet   []QuietDay
	Keeping Keeping
	Typed   Typed
	// Ledger is the end of the ledger of decisions at that moment; zero if there is none.
	Ledger LedgerHead
	// Progress is called as reading goes on. It may be nil.
	Progress func(done, all int)
}

// A LedgerHead is the end of a ledger, signed: whoever has kept it can prove that what is
// before was changed later.
type LedgerHead struct {
	Seq            uint64 // of the last record
	Hash, Key, Sig string // of its line; of the node; of both
}

// A Rank is the level of a unit.
type Rank uint8

// The ranks.
const (
	Operator Rank = iota
	Province
	Commune
	School
)

// A Unit is a school, or a commune or province of schools.
type Unit struct {
	ID, Name string
	Rank     Rank
	// Province and Commune are the ids of those that a school or commune is in,
	// where no counter says otherwise.
	Province, Commune string
	Level, Type       string    // of a school
	Students          int       // of a school; 0 when not known
	Calendar          int       // of a school, as Hours has it
	Settings          *Settings // nil if the policy does not know the unit
}

// Settings of a unit in the policy in force: those that hold in lessons, and how many
// of its own entries allow something or did until they expired.
type Settings struct {
	SafeSearch, YouTube, Circumvention bool
	Exceptions, Expired                int
}

// Kept is the figures of a report that was made, and their hash, which cites it.
type Kept struct {
	Hash string `json:"data_sha256"`
	Data *Data  `json:"data"`
}

// A Class is the subtotal that a category belongs to.
type Class uint8

// The classes: content that harms, content with a right and a wrong time, and
// machine traffic such as adverts. The last is never a pupil's misconduct.
const (
	Harmful Class = iota
	Managed
	Technical
	// Classes is how many there are.
	Classes
)

// A Category is a kind of content as counters name it.
type Category struct {
	Code, Label string
	Class       Class
}

// Hours are when lessons are held: from one time of day to a later one. The
// zero value is 07:00 to 17:00 from Monday to Saturday.
type Hours struct {
	From, To time.Duration
	// On reports whether lessons are held on a day in the schools of a calendar.
	On func(calendar int, day time.Time) bool
	// Own reports whether the policy has timetables; otherwise On is an assumption.
	Own bool
}

func (h Hours) orDefault() Hours {
	if h.On == nil {
		h = Hours{
			From: 7 * time.Hour,
			To:   17 * time.Hour,
			On:   func(_ int, day time.Time) bool { return day.Weekday() != time.Sunday },
		}
	}
	return h
}

// An Order is one version of an authority's list on its way to be enforced.
type Order struct {
	Node                      string // on which it was enforced
	Feed, Authority, Document string
	Urgent                    bool // 6 hours instead of 24
	Entries                   int
	Version                   uint64 // as the authority counts; 0: it does not
	Digest                    string
	Issued, Received, InForce time.Time     // zero when not known
	Published                 time.Time     // when the authority signed the version; likewise
	Effective                 time.Time     // when it says it begins; zero: at once
	Took                      time.Duration // until it was in force, as package order counts it
}

// A Feed is a list in use.
type Feed struct {
	Name, Category, Authority, Document string
	Entries                             int
	Updated                             time.Time   // the last success; zero when there was none
	Late                                bool        // not brought up to date as it should be
	Holds                               []time.Time // when versions were held back by guards
}

// Keeping is the set-up of the program that counts.
type Keeping struct {
	QueryLog  bool          // whether queries are logged at the moment
	Retention time.Duration // of statistics; 0 when not known
	// Taps are the times in which a collector of dnstap is told of questions and answers, or
	// was; some may be of other periods.
	Taps []Tap
}

// A Tap is such a time, who decided so and why.
type Tap struct {
	Begin, End         time.Time
	First, Second, Why string
	Seq                uint64 // of the record
}

// An Engine answers PromQL, as those of package metrics/engine do.
type Engine interface {
	// Query evaluates an expression at a moment and returns an instant vector.
	Query(ctx context.Context, promql string, at time.Time) ([]engine.Sample, error)
	// Range evaluates it at start and each step after it up to end.
	Range(ctx context.Context, promql string, start, end time.Time, step time.Duration) ([]engine.Series, error)
	// List returns the label sets that match a selector and may have a sample between
	// two moments.
	List(ctx context.Context, selector string, from, to time.Time) ([]labels.Labels, error)
}

// Typed is the officer's part: it is in a file beside the report, and goes into it each
// time the report is made. Missing parts are printed as dots to fill in by hand, or as
// the form of the unit's rank has them.
type Typed struct {
	// Number and Date are given by the office's register; a draft has none.
	Number string `yaml:"number"`
	Date   string `yaml:"date"`  // in any form; what is no day is printed as it stands
	Place  string `yaml:"place"` // where it is signed: "Lào Cai"
	// Parent and Office are the two lines of the head; Symbol is what follows
	// the number: "BC-SGDĐT".
	Parent string `yaml:"parent"`
	Office string `yaml:"office"`
	Symbol string `yaml:"symbol"`
	// Capacity is how the signer signs ("KT. GIÁM ĐỐC"), Position what he is
	// ("PHÓ GIÁM ĐỐC").
	Capacity string `yaml:"capacity"`
	Position string `yaml:"position"`
	Signer   string `yaml:"signer"`

	To         []string `yaml:"to"`         // Kính gửi
	Recipients []string `yaml:"recipients"` // Nơi nhận
	Basis      []string `yaml:"basis"`      // Căn cứ
	Contact    string   `yaml:"contact"`    // for questions on the report
	Students   int      `yaml:"students"`   // in all; 0: the sum of those of the policy

	Incidents    []string `yaml:"incidents"`     // incidents: when, how long, why
	Requests     []string `yaml:"requests"`      // requests to open names
	Checks       []string `yaml:"checks"`        // tests of the filter
	Privacy      []string `yaml:"privacy"`       // protection of personal data
	Shortcomings []string `yaml:"shortcomings"`  // what is wrong, and why
	Plans        []string `yaml:"plans"`         // what comes next
	Proposals    []string `yaml:"proposals"`     // what is asked for
	RetiredNodes []string `yaml:"retired_nodes"` // of which nothing more will come
}

// Signed is the day of Date; ok is false if it is empty or no day.
func (t *Typed) Signed() (year int, month time.Month, day int, ok bool) {
	return dates.Day(t.Date)
}

// TypedTemplate is the officer's file of a new report: every key with its purpose.
const TypedTemplate = `# Phần do cán bộ điền cho báo cáo cùng tên. Chương trình chỉ đọc, không bao giờ sửa tệp này:
# làm lại báo cáo bao nhiêu lần thì nội dung ở đây vẫn giữ nguyên.
# What the officer writes; it is read, never changed, each time the report is made.

number: ""        # số văn bản, do văn thư cấp; để trống khi còn là dự thảo
date: ""          # ngày ký, ví dụ 25/11/2026
place: ""         # địa danh, ví dụ Lào Cai
parent: ""        # cơ quan chủ quản; để trống: theo cấp của đơn vị
office: ""        # cơ quan ban hành
symbol: ""        # ký hiệu, ví dụ BC-SGDĐT
capacity: ""      # quyền hạn người ký, ví dụ KT. GIÁM ĐỐC
position: ""      # chức vụ người ký, ví dụ PHÓ GIÁM ĐỐC
signer: ""        # họ và tên người ký
to: []            # kính gửi
recipients: []    # nơi nhận
basis: []         # căn cứ; để trống: các căn cứ mặc định
contact: ""       # đầu mối phụ trách: họ tên, điện thoại, thư điện tử
students: 0       # tổng số học sinh; 0: cộng từ chính sách

# Phần nào có ghi đều được in, ở báo cáo kỳ nào cũng vậy.
# Whatever is written here is printed, whatever the period.
incidents: []     # sự cố, thời gian gián đoạn, nguyên nhân
requests: []      # yêu cầu mở chặn nhận ngoài hệ thống; số đồng ý, từ chối
checks: []        # kiểm tra, đánh giá
privacy: []       # bảo vệ dữ liệu cá nhân
shortcomings: []  # tồn tại, hạn chế, nguyên nhân
plans: []         # phương hướng, nhiệm vụ
proposals: []     # kiến nghị, đề xuất
retired_nodes: [] # nút đã ngừng hẳn, không còn số liệu nào gửi về
`
