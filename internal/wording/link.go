package wording

// Sentences about link ids and link tokens. None shows the secret.
var (
	LinksDamaged    = Text{"không đọc được danh sách địa chỉ đã liên kết: %v; các bộ định tuyến sẽ báo lại địa chỉ của mình", "the linked addresses cannot be read: %v; routers will tell theirs again"}
	PolicyLink      = Text{"mã liên kết phải có 16 đến 63 ký tự a-z, 0-9, - và khó đoán; hãy tạo mã mới bằng `openssl rand -hex 10`", "a link id must be 16 to 63 of a-z 0-9 - and hard to guess; make one with `openssl rand -hex 10`"}
	PolicyLinkTaken = Text{"mã liên kết này được dùng hai lần; hãy tạo mã mới bằng `openssl rand -hex 10`", "this link id is used twice; make another with `openssl rand -hex 10`"}
)
