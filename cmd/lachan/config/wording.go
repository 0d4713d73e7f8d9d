package config

import "lachan/internal/wording"

// What is wrong with a configuration.
var (
	textPageNowhere = wording.Text{
		VI: "trang báo chặn cần địa chỉ mà máy bị chặn sẽ tới; hãy ghi server.page: {a: 10.20.0.2}",
		EN: "the block page needs the address that blocked names get; write server.page: {a: 10.20.0.2}",
	}
	textPageTLS = wording.Text{
		VI: "cần có chứng chỉ; hãy ghi server.page: {cert: tệp.pem, key: tệp.pem}",
		EN: "a certificate is needed; write server.page: {cert: file.pem, key: file.pem}",
	}
	textHTTPName = wording.Text{
		VI: "%q không phải là tên hay địa chỉ; hãy ghi như lachan.truong.example",
		EN: "%q is neither a name nor an address; write one such as lachan.school.example",
	}
	textHTTPOpen = wording.Text{
		VI: "ở %s máy khác hỏi được số liệu của mọi trường; hãy ghi http: {allow: [\"MẠNG/ĐỘ_DÀI\"]}, thêm token_file: TỆP nếu mạng ấy còn máy khác, hoặc listen: \"127.0.0.1:8053\"",
		EN: "at %s other machines can ask for the counts of all schools; write http: {allow: [\"NETWORK/LENGTH\"]}, and token_file: FILE if others are in it, or listen: \"127.0.0.1:8053\"",
	}
	textHTTPToken = wording.Text{
		VI: "không dùng được mã: %v; tệp chỉ chứa một dòng dài ít nhất %d ký tự, ví dụ do lệnh \"openssl rand -hex 32\" tạo",
		EN: "cannot use the token: %v; the file holds one line of at least %d characters and nothing else, such as \"openssl rand -hex 32\" makes",
	}
	textTokenShort = wording.Text{
		VI: "mã ngắn hơn %d ký tự, hoặc có dấu cách hay ký tự lạ",
		EN: "the token is shorter than %d characters, or has spaces or odd characters",
	}
	textFlagKey = wording.Text{
		VI: "đặt mục %s của cấu hình",
		EN: "set %s of the configuration",
	}
	textStateDirDenied = wording.Text{
		VI: "không ghi được vào %s: %v; hãy tạo thư mục đó cho người dùng chạy lachan, hoặc đổi state_dir",
		EN: "cannot write to %s: %v; create it for the user that runs lachan, or change state_dir",
	}
	textStateForeign = wording.Text{
		VI: "trong %s có tệp của người dùng khác: %v; hãy gõ: chown -R %s %s",
		EN: "some files in %s belong to another user: %v; type: chown -R %s %s",
	}
	textNoFile = wording.Text{
		VI: "không đọc được tệp cấu hình: %v; hãy kiểm tra đường dẫn sau --config",
		EN: "cannot read the configuration: %v; check the path given with --config",
	}
	textUnknownEnv = wording.Text{
		VI: "không có biến môi trường này trong cấu hình; hãy xoá nó đi",
		EN: "the configuration has no such variable; remove it",
	}
	textNearEnv = wording.Text{
		VI: "không có biến môi trường này trong cấu hình; có phải ý bạn là %s?",
		EN: "the configuration has no such variable; did you mean %s?",
	}
	textOneOf = wording.Text{
		VI: "không có giá trị %q; các giá trị được dùng: %s",
		EN: "there is no value %q; the values are: %s",
	}
	textOneOfNear = wording.Text{
		VI: "không có giá trị %q; có phải ý bạn là %q?",
		EN: "there is no value %q; did you mean %q?",
	}
	textCount = wording.Text{
		VI: "%q không phải là số; hãy ghi một số như 60, hoặc auto",
		EN: "%q is no number; write one such as 60, or auto",
	}
	textZone = wording.Text{
		VI: "không có múi giờ %q; hãy ghi như Asia/Ho_Chi_Minh",
		EN: "there is no time zone %q; write one such as Asia/Ho_Chi_Minh",
	}
	textBetween = wording.Text{
		VI: "giá trị phải từ %v đến %v",
		EN: "the value must be from %v to %v",
	}
	textNoListen = wording.Text{
		VI: "cần ít nhất một địa chỉ để nhận câu hỏi DNS, ví dụ [\"0.0.0.0:53\"]",
		EN: "at least one address to receive DNS queries on is needed, such as [\"0.0.0.0:53\"]",
	}
	textListenTwice = wording.Text{
		VI: "địa chỉ %s đụng với %s ở %s; trên một địa chỉ, mỗi cổng chỉ dùng được một lần (0.0.0.0 và [::] là mọi địa chỉ)",
		EN: "address %s collides with %s in %s; a port can be used once on an address (0.0.0.0 and [::] are every address)",
	}
	textOwnServer = wording.Text{
		VI: "%s là địa chỉ của chính máy chủ này nên câu hỏi sẽ chạy vòng mãi; hãy ghi máy chủ DNS khác",
		EN: "%s is an address of this server itself, so queries would loop; write another DNS server",
	}
	textBootstrap = wording.Text{
		VI: "%s được ghi bằng tên nên không thể giúp tìm địa chỉ của máy chủ khác; hãy ghi địa chỉ IP như 1.1.1.1",
		EN: "%s is written by its name, so it cannot tell the addresses of others; write an IP address such as 1.1.1.1",
	}
	textTrustPath = wording.Text{
		VI: "không thể tin bit AD của %s: ai ở giữa đường cũng sửa được câu trả lời; hãy hỏi qua tls:// hoặc https://, " +
			"hoặc đặt bộ phân giải kiểm tra DNSSEC trên chính máy này (127.0.0.1)",
		EN: "the AD bit of %s cannot be trusted: anybody on the way can change what it says; ask it by tls:// or https://, " +
			"or put a validating resolver on this machine (127.0.0.1)",
	}
	textTrustUnasked = wording.Text{
		VI: "%s không có trong upstream.servers hay upstream.zones; hãy ghi giống hệt như ở đó",
		EN: "%s is in neither upstream.servers nor upstream.zones; write it as it is there",
	}
	textRequireTrust = wording.Text{
		VI: "require cần ít nhất một máy chủ của upstream.servers có trong upstream.trust_ad; nếu không thì mọi câu trả lời đều bị bỏ",
		EN: "require needs a server of upstream.servers that is in upstream.trust_ad; without one every answer is refused",
	}
	textNoServer = wording.Text{
		VI: "cần ít nhất một máy chủ DNS cấp trên, ví dụ [\"1.1.1.1\"] hoặc [system]",
		EN: "at least one upstream server is needed, such as [\"1.1.1.1\"] or [system]",
	}
	textZoneName = wording.Text{
		VI: "%q không phải là tên miền; hãy ghi như \"truong.lan\"",
		EN: "%q is not a domain name; write one such as \"truong.lan\"",
	}
	textSlash = wording.Text{
		VI: "%q phải bắt đầu bằng dấu /, ví dụ /dns-query",
		EN: "%q must begin with /, such as /dns-query",
	}
	textFamily = wording.Text{
		VI: "%s phải là một địa chỉ %s",
		EN: "%s must be an %s address",
	}
	textReached = wording.Text{
		VI: "máy khác không thể kết nối đến %s; hãy ghi địa chỉ mà máy trong trường dùng để tới máy chủ này",
		EN: "devices cannot connect to %s; write the address at which devices reach this server",
	}
	textInfoURL = wording.Text{
		VI: "%q phải là một địa chỉ https:// dài không quá 247 ký tự, ví dụ https://dns.example.vn/huong-dan",
		EN: "%q must be an https:// address of at most 247 bytes, such as https://dns.example.vn/help",
	}
	textCookies = wording.Text{
		VI: "không dùng được khoá của DNS cookie: %v",
		EN: "cannot use the secrets of DNS cookies: %v",
	}
	textNeedsTLS = wording.Text{
		VI: "cần có chứng chỉ; hãy ghi server.tls: {cert: tệp.pem, key: tệp.pem}",
		EN: "a certificate is needed; write server.tls: {cert: file.pem, key: file.pem}",
	}
	textBothTLS = wording.Text{
		VI: "cert và key phải đi cùng nhau; hãy ghi cả hai hoặc bỏ cả hai",
		EN: "cert and key belong together; give both or neither",
	}
	textTTLOrder = wording.Text{
		VI: "min_ttl (%s) lớn hơn max_ttl (%s); hãy giảm min_ttl hoặc tăng max_ttl",
		EN: "min_ttl (%s) is larger than max_ttl (%s); lower min_ttl or raise max_ttl",
	}
	textTLSFile = wording.Text{
		VI: "không dùng được chứng chỉ: %v",
		EN: "cannot use the certificate: %v",
	}
	textStateDir = wording.Text{
		VI: "%s không phải là thư mục nên không thể tạo thư mục trạng thái ở đó; hãy chọn nơi khác",
		EN: "%s is not a directory, so the state directory cannot be made there; choose another place",
	}
	textNoStateDir = wording.Text{
		VI: "cần một thư mục để lưu danh sách và thống kê, ví dụ /var/lib/lachan",
		EN: "a directory for lists and statistics is needed, such as /var/lib/lachan",
	}
	textFeedName = wording.Text{
		VI: "tên %q của danh sách chỉ được gồm chữ thường không dấu a-z, chữ số và dấu gạch ngang, dài 1 đến 40 ký tự, ví dụ hostsvn-co-bac",
		EN: "feed name %q must be 1 to 40 of the letters a-z, digits and hyphens, such as hostsvn-co-bac",
	}
	textFeedTwice = wording.Text{
		VI: "tên danh sách %q đã dùng ở dòng %d; hãy đặt tên khác",
		EN: "feed name %q is already used on line %d; choose another",
	}
	textFeedURL = wording.Text{
		VI: "danh sách %q cần url: một địa chỉ https://, http://, axfr:// hoặc đường dẫn tệp",
		EN: "feed %q needs a url: an https://, http:// or axfr:// address, or the path of a file",
	}
	textFeedScheme = wording.Text{
		VI: "không tải được danh sách từ %q; hãy dùng https://, http://, axfr:// hoặc đường dẫn tệp",
		EN: "cannot fetch lists from %q; use https://, http://, axfr:// or the path of a file",
	}
	textMirrors = wording.Text{
		VI: "mirrors chỉ dùng cho nguồn có phiên bản (manifest.json); hãy bỏ mục này đi",
		EN: "mirrors is only for a feed of versions (manifest.json); leave it out",
	}
	textFeedCategory = wording.Text{
		VI: "danh sách chặn %q cần category, ví dụ \"gambling\" (cờ bạc) hoặc \"phishing\" (lừa đảo)",
		EN: "blocking feed %q needs a category, such as \"gambling\" or \"phishing\"",
	}
	textFeedRewrites = wording.Text{
		VI: "nguồn %q có rewrites nhưng là nguồn cho phép hoặc riêng của một đơn vị: hãy bỏ rewrites, hoặc bỏ action: allow và unit",
		EN: "feed %q has rewrites and is one that allows, or a unit's own: leave rewrites out, or action: allow and unit",
	}
	textFeedLock = wording.Text{
		VI: "danh sách cho phép %q không thể khoá; hãy bỏ locked_by hoặc ghi action: block",
		EN: "feed %q allows, so it cannot be locked; leave out locked_by or write action: block",
	}
	textDirectory = wording.Text{
		VI: "thư mục không phải là định dạng; hãy ghi format: auto, hoặc định dạng của các tệp trong thư mục",
		EN: "a directory is not a format; write format: auto, or the format of the files in it",
	}
	textRPZName = wording.Text{
		VI: "policy: cname và cname đi cùng nhau: hãy ghi {policy: cname, cname: TÊN_MIỀN}",
		EN: "policy: cname and cname belong together: write {policy: cname, cname: NAME}",
	}
	textFeedTimes = wording.Text{
		VI: "expires (%s) phải sau effective (%s)",
		EN: "expires (%s) must be after effective (%s)",
	}
	// ReportNoUnit is what people read.
	ReportNoUnit = wording.Text{
		VI: "hãy cho biết đơn vị nào: --unit MÃ, hoặc --unit all cho mọi trường",
		EN: "say which unit: --unit ID, or --unit all for every school",
	}
	// ReportNoFormat is what people read.
	ReportNoFormat = wording.Text{
		VI: "không có dạng %q; các dạng: %s",
		EN: "there is no format %q; the formats are: %s",
	}
	textReportSchedulePeriod = wording.Text{
		VI: "không có kỳ %q; các kỳ: month, quarter, half, year, hc-month, hc-quarter, hc-half, hc-year, bc-year",
		EN: "there is no period %q; the periods are: month, quarter, half, year, hc-month, hc-quarter, hc-half, hc-year, bc-year",
	}
	textReportYearEnds = wording.Text{
		VI: "ngày cuối năm báo cáo viết là tháng-ngày hoặc ngày/tháng, ví dụ 11-15 hoặc 15/11, không phải %q",
		EN: "the last day of a reporting year is written as month-day or day/month, such as 11-15 or 15/11, not %q",
	}
	textACMEOrFiles = wording.Text{
		VI: "chỉ chọn một: tệp chứng chỉ (cert, key) hoặc acme",
		EN: "choose one: the files of a certificate (cert, key), or acme",
	}
	textACMEName = wording.Text{
		VI: "%q không phải là tên mà ACME cấp chứng chỉ được ở đây; hãy ghi tên đầy đủ, không có dấu *, ví dụ dns.example.vn",
		EN: "%q is not a name that ACME can certify here; write a full name without *, such as dns.example.vn",
	}
	textACMEURL = wording.Text{
		VI: "directory_url %q phải bắt đầu bằng https://",
		EN: "directory_url %q must begin with https://",
	}
)
