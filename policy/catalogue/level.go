package catalogue

import "strings"

// levelWords are what offices call levels in their tables besides the labels, as
// wording.Plain writes it.
var levelWords = map[string]string{
	"mn": "preschool", "mam-non-mau-giao": "preschool", "mau-giao": "preschool", "nha-tre": "preschool", "kindergarten": "preschool",
	"th": "primary", "cap-1": "primary", "cap-i": "primary",
	"cap-2": "lower-secondary", "cap-ii": "lower-secondary",
	"cap-3": "upper-secondary", "cap-iii": "upper-secondary", "thpt-chuyen": "upper-secondary",
	"gdnn-gdtx": "continuing", "ttgdtx": "continuing", "gdtx-gdnn": "continuing", "trung-tam-gdtx": "continuing", "trung-tam-gdnn-gdtx": "continuing",
	"nhieu-cap": "multi", "nhieu-cap-hoc": "multi", "pho-thong-lien-cap": "multi",
}

// boarding is what boarding schools of minorities have before their level.
var boarding = []string{"pho-thong-dan-toc-ban-tru-", "pho-thong-dan-toc-noi-tru-", "ptdtbt-", "ptdtnt-"}

// levelCode is the code of a level, or text as it is. Several levels of which each is
// known, as in "TH&THCS" or "Tiểu học và THCS", are the level of schools that have
// several.
func levelCode(text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "cap-hoc-"), "truong-")
	for _, kind := range boarding {
		text = strings.TrimPrefix(text, kind)
	}
	if code, ok := levelWords[text]; ok {
		return code
	}
	parts := 0
	rest := text
	for rest != "" {
		found := false
		for _, word := range []string{
			"mam-non", "tieu-hoc", "trung-hoc-co-so", "trung-hoc-pho-thong", "thcs", "thpt", "th", "mn", "gdtx",
		} {
			if after, ok := strings.CutPrefix(rest, word); ok && (after == "" || after[0] == '-') {
				rest, found = strings.TrimPrefix(strings.TrimPrefix(after, "-"), "va-"), true
				parts++
				break
			}
		}
		if !found {
			return text
		}
	}
	if parts > 1 {
		return "multi"
	}
	return text
}
