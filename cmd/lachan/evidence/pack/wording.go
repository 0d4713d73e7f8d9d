package pack

import "lachan/internal/wording"

// What is wrong with the file of a pack.
var (
	textAt     = wording.Text{VI: "%s: %s", EN: "%s: %s"}
	textNoPack = wording.Text{
		VI: "đây không phải là hồ sơ chứng minh, tức tệp zip do lachan evidence lập",
		EN: "this is no evidence pack, which is a zip that lachan evidence makes",
	}
	textTooLarge = wording.Text{VI: "tệp có %d byte, hồ sơ chứng minh có nhiều nhất %d", EN: "the file has %d bytes, and an evidence pack at most %d"}
	textSeal     = wording.Text{VI: "không phải là niêm phong đã ký: %v", EN: "it is not the seal that was signed: %v"}
	textSums     = wording.Text{VI: "đã bị sửa: không có mã băm mà niêm phong ghi", EN: "it was changed: it does not have the digest that the seal states"}
	textNames    = wording.Text{VI: "ghi những tên mà hồ sơ chứng minh không được có, hoặc không theo thứ tự", EN: "it has names that an evidence pack may not have, or they are not in order"}
	textContent  = wording.Text{VI: "nội dung đã bị sửa: không có mã băm ghi trong SHA256SUMS", EN: "its content was changed: it does not have the digest that SHA256SUMS states"}
	textNoHeader = wording.Text{VI: "phải đứng ở đây mà không thấy: đã bị xóa, đổi tên, đổi chỗ, hoặc phần đầu của nó trong tệp zip đã bị sửa", EN: "it has to be here and is not: it was taken away, renamed or moved, or its header in the zip was changed"}
	textNoText   = wording.Text{VI: "không còn đủ nội dung: tệp đã bị cắt, hoặc phần đầu của nó trong tệp zip đã bị sửa", EN: "its content is not all there: the file was cut off, or its header in the zip was changed"}
	textHeader   = wording.Text{VI: "phần đầu của nó trong tệp zip đã bị sửa", EN: "its header in the zip was changed"}
	textEntry    = wording.Text{VI: "mục của nó trong thư mục cuối tệp zip đã bị sửa", EN: "its entry in the directory at the end of the zip was changed"}
	textAdded    = wording.Text{VI: "đã bị thêm vào: SHA256SUMS không có nó", EN: "it was added: SHA256SUMS does not have it"}
	textEnd      = wording.Text{VI: "phần cuối của tệp zip đã bị sửa, bị cắt hoặc bị nối thêm", EN: "the end of the zip was changed, cut off or added to"}
)
