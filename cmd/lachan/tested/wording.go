package tested

import (
	"cmp"
	"slices"

	"lachan/internal/wording"
)

// What people read of tests.
var (
	textFailed = wording.Text{
		VI: "máy chủ tự kiểm tra ngày %s: %d trên %d câu hỏi không đạt. Cửa %s, đơn vị %s: %s. Hãy xem trang máy chủ, " +
			"rồi xem nhật ký; lọc có thể đang hở",
		EN: "this server has tested itself on %s: %d of %d questions have failed. Door %s, unit %s: %s. See the page of " +
			"servers, then the log; something may be let past",
	}
	textPassed = wording.Text{
		VI: "Tự kiểm tra ngày %s: đạt %s câu hỏi, qua %d cửa, với tư cách %s đơn vị",
		EN: "Tested itself on %s: %s questions have passed, by %d doors, as clients of %s units",
	}
	textEmpty = wording.Text{
		VI: "; %d nhóm nội dung phải chặn nhưng chưa có danh sách: %s",
		EN: "; %d categories are to be blocked and no list has any name of them: %s",
	}
	textOne       = wording.Text{VI: "cửa %s, đơn vị %s: %s (số câu: %d)", EN: "door %s, unit %s: %s (questions: %d)"}
	textEverybody = wording.Text{VI: "tất cả", EN: "any"}
	textAnyone    = wording.Text{VI: "không thuộc đơn vị nào", EN: "of no unit"}
	texts         = map[Kind]wording.Text{
		LetPast: {
			VI: "tên %[2]s của nhóm %[1]s phải chặn mà lại được cho qua", EN: "%[2]s of category %[1]s is to be blocked and was let past",
		},
		Blocked: {
			VI: "tên %[2]s không bao giờ được chặn mà lại bị chặn", EN: "%[2]s must never be blocked and was",
		},
		OtherUnit: {
			VI: "máy của đơn vị này bị coi là của đơn vị khác", EN: "its client was taken for that of another unit",
		},
		Untrusted: {
			VI: "chứng chỉ đã hết hạn hoặc không phải của tên này; máy có xem chứng chỉ sẽ không vào được",
			EN: "its certificate is over or of another name; clients that look at it do not come in",
		},
		Silent: {VI: "không trả lời", EN: "there was no answer"},
		Unheard: {
			VI: "tiến trình trả lời không nhận ra câu hỏi của chính máy chủ", EN: "what answers does not know the server's own questions",
		},
	}
	textUnnamed = wording.Text{VI: "(không nêu)", EN: "(not said)"}
)

// What is what is wrong, in words.
func What(f *Failure) wording.Text {
	name := wording.Text{VI: f.Name, EN: f.Name}
	if f.Name == "" {
		name = textUnnamed
	}
	text := texts[f.Kind]
	if f.Kind == LetPast || f.Kind == Blocked {
		return text.With(f.Category, name)
	}
	return text
}

// unit is what people call the unit of a failure; that of a certificate is everybody's.
func unit(f *Failure) wording.Text {
	if f.Kind == Untrusted {
		return textEverybody
	}
	return wording.Text{VI: cmp.Or(f.Unit, textAnyone.VI), EN: cmp.Or(f.Unit, textAnyone.EN)}
}

// Sentence is what a test came to.
func Sentence(r *Run) wording.Text {
	day := r.Day
	if len(day) == len("2026-09-07") {
		day = day[8:] + "/" + day[5:7] + "/" + day[:4]
	}
	if r.Failed > 0 && len(r.Failures) > 0 {
		f := Worst(r)
		return textFailed.With(day, r.Failed, r.Questions, f.Door, unit(f), What(f))
	}
	text := textPassed.With(day, wording.Count(r.Questions), len(r.Doors), wording.Count(r.Units))
	if n := len(r.Empty); n > 0 {
		text = wording.Join(text, textEmpty.With(n, join(r.Empty)))
	}
	return text
}

func join(codes []string) (text string) {
	for i, code := range codes {
		if i > 0 {
			text += ", "
		}
		text += code
	}
	return text
}

// Worst is the failure that is told first: what lets something past, then the others. A run that
// has failed has one.
func Worst(r *Run) *Failure {
	kinds := Kinds()
	at := 0
	for i := range r.Failures {
		if slices.Index(kinds, r.Failures[i].Kind) < slices.Index(kinds, r.Failures[at].Kind) {
			at = i
		}
	}
	return &r.Failures[at]
}
