package catalogue

import "lachan/internal/wording"

// A Strictness says how much an engine's safe search hides.
type Strictness uint8

// The degrees of safe search. Search engines know only Off and Strict, and
// take Moderate for Strict; YouTube knows all three.
const (
	Off Strictness = iota
	Moderate
	Strict
)

// A Profile is a ready-made answer to what a client may do.
type Profile struct {
	Code       string // "tieu-hoc"
	Label      wording.Text
	Block      []string   // codes of categories, most severe first
	Scheduled  []string   // codes of categories blocked during SchoolHours alone
	Allow      []string   // services, as "service:ID", that Block and Scheduled leave alone
	SafeSearch Strictness // Off or Strict
	YouTube    Strictness
}

// DefaultProfile is the code of the profile of clients that no unit claims: it
// blocks the categories of class Harmful and nothing else.
const DefaultProfile = "default"

// youTube is allowed where its restricted mode is on: the videos of lessons are
// there.
const youTube = "service:youtube"

// profiles lacks the lists of categories, which are in categories.csv.
var profiles = []Profile{
	{
		Code: "mam-non", Label: wording.Text{VI: "Trẻ mầm non", EN: "Preschool children"},
		Allow: []string{youTube}, SafeSearch: Strict, YouTube: Strict,
	},
	{
		Code: "tieu-hoc", Label: wording.Text{VI: "Học sinh tiểu học", EN: "Primary school pupils"},
		Allow: []string{youTube}, SafeSearch: Strict, YouTube: Strict,
	},
	{
		Code: "thcs", Label: wording.Text{VI: "Học sinh trung học cơ sở", EN: "Lower secondary school pupils"},
		Allow: []string{youTube}, SafeSearch: Strict, YouTube: Moderate,
	},
	{
		Code: "thpt", Label: wording.Text{VI: "Học sinh trung học phổ thông", EN: "Upper secondary school pupils"},
		Allow: []string{youTube}, SafeSearch: Strict, YouTube: Moderate,
	},
	{Code: "giao-vien", Label: wording.Text{VI: "Giáo viên, nhân viên", EN: "Teachers and staff"}},
	{Code: DefaultProfile, Label: wording.Text{VI: "Mặc định", EN: "Default"}},
}

// A Level is a level of schools.
type Level struct {
	Code    string // "primary"
	Alias   string // "tieu-hoc"; accepted wherever Code is
	Label   wording.Text
	Profile string // code of the profile of schools of this level that name none
}

// levels gives a school with several levels the profile of its youngest pupils
// that use the network by themselves: its groups may loosen it.
var levels = []Level{
	{"preschool", "mam-non", wording.Text{VI: "Mầm non", EN: "Preschool"}, "mam-non"},
	{"primary", "tieu-hoc", wording.Text{VI: "Tiểu học", EN: "Primary"}, "tieu-hoc"},
	{"lower-secondary", "thcs", wording.Text{VI: "Trung học cơ sở", EN: "Lower secondary"}, "thcs"},
	{"upper-secondary", "thpt", wording.Text{VI: "Trung học phổ thông", EN: "Upper secondary"}, "thpt"},
	{"continuing", "gdtx", wording.Text{VI: "Giáo dục thường xuyên", EN: "Continuing education"}, "thpt"},
	{"multi", "lien-cap", wording.Text{VI: "Liên cấp", EN: "Several levels"}, "tieu-hoc"},
}

// A Timetable is a window of hours on some days of the week.
type Timetable struct {
	Code     string // "gio-hoc"
	Label    wording.Text
	Days     string // as policy.yaml has it: "mon-sat"
	From, To string // "07:00": hours and minutes in the time zone of the configuration
}

// OutsideHours is the code of the timetable that is open whenever that of school hours, as
// it is built in or written, is not.
const OutsideHours = "ngoai-gio-hoc"

var schoolHours = Timetable{
	Code:  "gio-hoc",
	Label: wording.Text{VI: "Giờ học", EN: "School hours"},
	Days:  "mon-sat",
	From:  "07:00",
	To:    "17:00",
}
