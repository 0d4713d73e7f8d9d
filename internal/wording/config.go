package wording

// Sentences about lachan.yaml, the variables LACHAN_* and the flags.
var (
	ConfigNoFile     = Text{"không đọc được tệp cấu hình: %v; hãy kiểm tra đường dẫn sau --config", "cannot read the configuration: %v; check the path given with --config"}
	ConfigUnknownEnv = Text{"không có biến môi trường này trong cấu hình; hãy xoá nó đi", "the configuration has no such variable; remove it"}
	ConfigNearEnv    = Text{"không có biến môi trường này trong cấu hình; có phải ý bạn là %s?", "the configuration has no such variable; did you mean %s?"}
	ConfigOneOf      = Text{"không có giá trị %q; các giá trị được dùng: %s", "there is no value %q; the values are: %s"}
	ConfigOneOfNear  = Text{"không có giá trị %q; có phải ý bạn là %q?", "there is no value %q; did you mean %q?"}
	ConfigZone       = Text{"không có múi giờ %q; hãy ghi như Asia/Ho_Chi_Minh", "there is no time zone %q; write one such as Asia/Ho_Chi_Minh"}
	ConfigBetween    = Text{"giá trị phải từ %v đến %v", "the value must be from %v to %v"}

	ConfigNoListen    = Text{"cần ít nhất một địa chỉ để nhận câu hỏi DNS, ví dụ [\"0.0.0.0:53\"]", "at least one address to take DNS queries on is needed, such as [\"0.0.0.0:53\"]"}
	ConfigListenTwice = Text{"địa chỉ %s đụng với %s ở %s; trên một địa chỉ, mỗi cổng chỉ dùng được một lần (0.0.0.0 và [::] là mọi địa chỉ)", "address %s collides with %s in %s; a port can be used once on an address (0.0.0.0 and [::] are every address)"}
	ConfigOwnServer   = Text{"%s là địa chỉ của chính máy chủ này nên câu hỏi sẽ chạy vòng mãi; hãy ghi máy chủ DNS khác", "%s is an address of this server itself, so queries would go round for ever; write another DNS server"}
	ConfigBootstrap   = Text{"%s được ghi bằng tên nên không thể giúp tìm địa chỉ của máy chủ khác; hãy ghi địa chỉ IP như 1.1.1.1", "%s is written by its name, so it cannot tell the addresses of others; write an IP address such as 1.1.1.1"}
	ConfigNoServer    = Text{"cần ít nhất một máy chủ DNS cấp trên, ví dụ [\"1.1.1.1\"] hoặc [system]", "at least one upstream server is needed, such as [\"1.1.1.1\"] or [system]"}
	ConfigZoneName    = Text{"%q không phải là tên miền; hãy ghi như \"truong.lan\"", "%q is not a domain name; write one such as \"truong.lan\""}
	ConfigSlash       = Text{"%q phải bắt đầu bằng dấu /, ví dụ /dns-query", "%q must begin with /, such as /dns-query"}
	ConfigFamily      = Text{"%s phải là một địa chỉ %s", "%s must be an %s address"}
	ConfigReached     = Text{"máy khác không thể kết nối đến %s; hãy ghi địa chỉ mà máy trong trường dùng để tới máy chủ này", "nobody can connect to %s; write the address at which devices reach this server"}
	ConfigInfoURL     = Text{"%q phải là một địa chỉ https:// dài không quá 247 ký tự, ví dụ https://dns.example.vn/huong-dan", "%q must be an address https:// of at most 247 octets, such as https://dns.example.vn/help"}
	ConfigCookies     = Text{"không dùng được khoá của DNS cookie: %v", "the secrets of DNS cookies are of no use: %v"}
	ConfigNeedsTLS    = Text{"cần có chứng chỉ; hãy ghi server.tls: {cert: tệp.pem, key: tệp.pem}", "a certificate is needed; write server.tls: {cert: file.pem, key: file.pem}"}
	ConfigBothTLS     = Text{"cert và key phải đi cùng nhau; hãy ghi cả hai hoặc bỏ cả hai", "cert and key belong together; give both or neither"}
	ConfigTTLOrder    = Text{"min_ttl (%s) lớn hơn max_ttl (%s); hãy giảm min_ttl hoặc tăng max_ttl", "min_ttl (%s) is larger than max_ttl (%s); lower min_ttl or raise max_ttl"}

	ConfigPolicyFile = Text{"không đọc được tệp chính sách: %v; hãy tạo tệp, hoặc ghi policy: \"\" để mọi máy dùng chung một hồ sơ mặc định", "cannot read the policy: %v; create the file, or write policy: \"\" to give everyone the default profile"}
	ConfigTLSFile    = Text{"không dùng được chứng chỉ: %v", "the certificate is of no use: %v"}
	ConfigStateDir   = Text{"%s không phải là thư mục nên không thể tạo thư mục trạng thái ở đó; hãy chọn nơi khác", "%s is not a directory, so the state directory cannot be made there; choose another place"}
	ConfigNoStateDir = Text{"cần một thư mục để lưu danh sách và thống kê, ví dụ /var/lib/lachan", "a directory for lists and statistics is needed, such as /var/lib/lachan"}

	ConfigFeedName     = Text{"tên %q của danh sách chỉ được gồm chữ thường không dấu a-z, chữ số và dấu gạch ngang, dài 1 đến 40 ký tự, ví dụ hostsvn-co-bac", "feed name %q must be 1 to 40 of the letters a-z, digits and hyphens, such as hostsvn-co-bac"}
	ConfigFeedTwice    = Text{"tên danh sách %q đã dùng ở dòng %d; hãy đặt tên khác", "feed name %q is used on line %d already; choose another"}
	ConfigFeedURL      = Text{"danh sách %q cần url: một địa chỉ https://, http://, axfr:// hoặc đường dẫn tệp", "feed %q needs a url: an address https://, http://, axfr:// or the path of a file"}
	ConfigFeedScheme   = Text{"không tải được danh sách từ %q; hãy dùng https://, http://, axfr:// hoặc đường dẫn tệp", "lists cannot be had from %q; use https://, http://, axfr:// or the path of a file"}
	ConfigFeedLater    = Text{"danh sách qua %s:// sẽ có trong một phiên bản sau; hiện giờ hãy dùng https://, http:// hoặc đường dẫn tệp", "lists over %s:// come with a later version; use https://, http:// or the path of a file for now"}
	ConfigMirrors      = Text{"mirrors chỉ dùng cho nguồn có phiên bản (manifest.json); hãy bỏ mục này đi", "mirrors go with a feed of versions (manifest.json) only; leave the key out"}
	ConfigFeedCategory = Text{"danh sách chặn %q cần category, ví dụ gambling (cờ bạc) hoặc phishing (lừa đảo)", "blocking feed %q needs a category, such as gambling or phishing"}
	ConfigFeedLock     = Text{"danh sách cho phép %q không thể khoá; hãy bỏ locked_by hoặc ghi action: block", "feed %q allows, so it cannot be locked; leave out locked_by or write action: block"}
	ConfigDirectory    = Text{"thư mục không phải là định dạng; hãy ghi format: auto, hoặc định dạng của các tệp trong thư mục", "a directory is no format; write format: auto, or the format of the files in it"}
	ConfigRPZName      = Text{"policy: cname và cname đi cùng nhau: hãy ghi {policy: cname, cname: TÊN_MIỀN}", "policy: cname and cname belong together: write {policy: cname, cname: NAME}"}
	ConfigFeedTimes    = Text{"expires (%s) phải sau effective (%s)", "expires (%s) must be after effective (%s)"}
)

// Sentences of `lachan health`.
var (
	HealthDown = Text{"máy chủ không trả lời ở %s: %v; hãy xem nhật ký của nó và mục http.listen", "no server answers at %s: %v; see its log and http.listen"}
)
