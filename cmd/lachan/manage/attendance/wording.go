package attendance

import (
	"strings"

	"lachan/internal/wording"
	"lachan/metrics/lull"
)

// What people read of quiet schools.
var (
	textQuiet = wording.Text{
		VI: "không còn đi qua bộ lọc? Ngày %s có %d trường hỏi ít hơn hẳn thường lệ từ hai ngày học trở lên: %s. " +
			"Hãy hỏi nhà trường xem có thay bộ phát, đổi DNS hay không; xem trang đầu",
		EN: "no longer by the filter? On %s %d schools asked far less than usual, for two days of school or more: %s. " +
			"Ask the school whether a router or its DNS was changed; see the first page",
	}
	textPossible   = wording.Text{VI: "có thể", EN: "possible"}
	textLikely     = wording.Text{VI: "có lẽ", EN: "likely"}
	textAlmostSure = wording.Text{VI: "gần như chắc", EN: "almost sure"}
	textSure       = wording.Text{VI: "%s, đúng ít nhất %d%% số lần", EN: "%s, right at least %d%% of the time"}
)

// mostNamed is how many schools a condition names.
const mostNamed = 5

func condition(day string, schools []string) wording.Text {
	named := strings.Join(schools[:min(len(schools), mostNamed)], ", ")
	if len(schools) > mostNamed {
		named += ", …"
	}
	return textQuiet.With(day[8:]+"/"+day[5:7]+"/"+day[:4], len(schools), named)
}

// Sure is how sure something found is, in words, and as a number where that was measured: not of
// few devices that ask as much as all.
func Sure(f *lull.Found) wording.Text {
	word := textPossible
	switch f.Level() {
	case lull.Likely:
		word = textLikely
	case lull.AlmostSure:
		word = textAlmostSure
	}
	if f.Few && f.Level() == lull.Possible {
		return word
	}
	return textSure.With(word, f.Level().Percent())
}
