package report

// Typed is what the officer writes: it stands in a file beside the report and
// is put into it each time the report is made. What is left out is printed as
// dots to be filled in by hand, or as the form of the unit's rank has it.
type Typed struct {
	// Number and Date are given by the office's register; a draft has none.
	Number string `yaml:"number"`
	Date   string `yaml:"date"`
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
	Contact    string   `yaml:"contact"`    // who answers questions on the report
	Students   int      `yaml:"students"`   // in all; 0: the sum of those of the policy

	Incidents    []string `yaml:"incidents"`     // section V
	Requests     []string `yaml:"requests"`      // section VI
	Checks       []string `yaml:"checks"`        // section VII
	Privacy      []string `yaml:"privacy"`       // section VIII
	Shortcomings []string `yaml:"shortcomings"`  // section IX
	Plans        []string `yaml:"plans"`         // section X, 1
	Proposals    []string `yaml:"proposals"`     // section X, 2
	RetiredNodes []string `yaml:"retired_nodes"` // of which nothing more will come
}

// TypedTemplate is the file of a report that has none yet: every key with what
// it is for.
const TypedTemplate = `# Phần do cán bộ điền cho báo cáo cùng tên. Chương trình chỉ đọc, không bao giờ sửa tệp này:
# làm lại báo cáo bao nhiêu lần thì nội dung ở đây vẫn giữ nguyên.
# What the officer writes; it is read, never changed, each time the report is made.

number: ""        # số văn bản, do văn thư cấp; để trống khi còn là dự thảo
date: ""          # ngày ký, ví dụ 2026-11-25
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

incidents: []     # mục V: sự cố, thời gian gián đoạn, nguyên nhân
requests: []      # mục VI: yêu cầu mở chặn
checks: []        # mục VII: kiểm tra, đánh giá
privacy: []       # mục VIII: bảo vệ dữ liệu cá nhân
shortcomings: []  # mục IX: tồn tại, hạn chế, nguyên nhân
plans: []         # mục X: phương hướng, nhiệm vụ
proposals: []     # mục X: kiến nghị, đề xuất
retired_nodes: [] # nút đã ngừng hẳn, không còn số liệu nào gửi về
`
