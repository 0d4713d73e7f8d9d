package wording

// Sentences about server.rpz_out.
var (
	RPZOutBoth = Text{
		"listen và zones phải đi cùng nhau; hãy ghi cả hai hoặc bỏ cả hai",
		"listen and zones belong together; give both or neither"}
	RPZOutZone = Text{
		"%q không phải là tên vùng, hoặc đã dùng cho một vùng khác; hãy ghi như gambling.rpz.example",
		"%q is not the name of a zone, or is that of another; write one such as gambling.rpz.example"}
	RPZOutCategories = Text{
		"vùng cần categories, ví dụ [gambling]",
		"the zone needs categories, such as [gambling]"}
	RPZOutCategory = Text{
		"không có nhóm nội dung %q; hãy dùng mã có sẵn như gambling, adult, hoặc mã trong policy.yaml",
		"there is no category %q; use a built-in code such as gambling or adult, or one of policy.yaml"}
	RPZOutOpen = Text{
		"vùng cần tsig hoặc allow, nếu không ai cũng lấy được danh sách",
		"the zone needs tsig or allow, or else anybody could have the list"}
)
