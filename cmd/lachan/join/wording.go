package join

import "lachan/internal/wording"

// What is said to those who make a fleet.
var (
	textFleet     = wording.Text{VI: "nhiều máy theo một máy trung tâm", EN: "many machines that follow one hub"}
	textFleetLong = wording.Text{
		VI: "Điều quyết định ở máy trung tâm có hiệu lực ở mọi nút, kể cả sau nhiều tuần mất liên lạc. Nút không bao giờ mở điều đã chặn chỉ vì mất liên lạc.\n" +
			"Thứ tự: lachan fleet init và fleet.listen trên máy trung tâm; lachan fleet invite TÊN; lachan join trên máy kia.",
		EN: "What is decided at the hub is in force on every node, also after weeks without a link. No node opens what was shut because it has no link.\n" +
			"In this order: lachan fleet init and fleet.listen on the hub; lachan fleet invite NAME; lachan join on the other machine.",
	}
	textInit     = wording.Text{VI: "làm máy này thành máy trung tâm", EN: "make this machine a hub"}
	textInitLong = wording.Text{
		VI: "Khóa gốc công nhận máy này là máy trung tâm trong 90 ngày; chạy lại lệnh này để gia hạn. Khóa gốc được tạo nếu chưa có: " +
			"hãy cất nó ngoài máy, vì ai có nó thì làm được máy trung tâm khác cho mọi nút.",
		EN: "The root key says for 90 days that this machine is a hub; run this again to renew it. The root key is made if there is none: " +
			"keep it off the machine, since whoever has it can make another hub for all nodes.",
	}
	textCluster     = wording.Text{VI: "in cấu hình cho cụm NATS có sẵn", EN: "print what an existing NATS cluster has to have"}
	textClusterLong = wording.Text{
		VI: "Với fleet.url, một cụm NATS có sẵn chuyển điều quyết định tới các nút thay cho máy chủ bên trong máy trung tâm. Lệnh này in những gì mỗi máy chủ của cụm cần: " +
			"tài khoản LACHAN có JetStream, khóa của máy trung tâm, và nơi hỏi nút nào được vào, được làm gì. Không có bí mật nào trong đó; khóa nằm ở state_dir/fleet/nats.keys.\n" +
			"Cần nats-server 2.12 trở lên. Nút vẫn nối tới máy trung tâm, nên chỉ máy trung tâm cần tới được cụm.",
		EN: "With fleet.url an existing NATS cluster carries what is decided to nodes, in place of the server in the hub. This prints what each server of the cluster has to have: " +
			"the account LACHAN with JetStream, the key of the hub, and whom to ask which node may come in and do what. There is no secret in it; the keys are in state_dir/fleet/nats.keys.\n" +
			"It takes nats-server 2.12 or newer. Nodes connect to the hub as ever, so that only the hub has to reach the cluster.",
	}
	textSetURL = wording.Text{
		VI: "Sau khi khởi động lại từng máy chủ với cấu hình ấy, hãy ghi vào %s: fleet: {url: \"tls://MÁY-CHỦ:4222,tls://MÁY-CHỦ:4222\"}, rồi nạp lại.",
		EN: "When the servers were started again with it, one after the other, set in %s: fleet: {url: \"tls://SERVER:4222,tls://SERVER:4222\"}, and reload.",
	}
	textReseed     = wording.Text{VI: "dựng lại sổ của máy trung tâm này, và phát lại cho mọi nút", EN: "put the ledger of this hub together, and give it to all nodes anew"}
	textReseedLong = wording.Text{
		VI: "Với --from: dựng sổ từ điều còn ở máy này và từ các bản sao: sổ của máy trung tâm khác hoặc của bản sao lưu, và bản mà các nút giữ (lachan fleet copy). " +
			"Bản sao bị sửa hoặc bị cắt thì bị từ chối, nêu tệp và bản ghi; khi đó không có gì thay đổi. Máy chủ phải dừng; --dry-run thì không cần. Sổ trước đó được giữ lại bên cạnh.\n" +
			"Không có --from: dùng khi sổ được phục hồi từ một bản cũ hơn điều các nút đã có (tình trạng fleet-ahead): các nút không nhận được gì nối tiếp điều chúng có. " +
			"Sau lệnh này và một lần nạp lại, mọi nút lấy lại từ đầu; điều có trong nút mà không có trong sổ thì không còn hiệu lực. Cho đến khi nhận đủ, nút giữ điều đã có. " +
			"Nếu lấy được bản của các nút, hãy dùng --from: khi đó không mất gì.\n" +
			"Với ba máy trung tâm: chỉ khi cả ba đều dừng (docs/vi/hubs.md).",
		EN: "With --from the ledger is put together of what is here and of copies: of the ledger of another hub or of a backup, and of what nodes have (lachan fleet copy). " +
			"A copy that was forged or cut is refused, and told with its file and record; nothing is changed then. The server has to be stopped, but for --dry-run. The ledger that was there is kept beside it.\n" +
			"Without --from it is for a ledger that was restored from a copy older than what nodes have (the condition fleet-ahead): they take nothing, as it does not follow what they have. " +
			"After this and a reload all nodes take everything anew; what is on nodes and not in the ledger is in force no more. Until all has come, nodes keep what they have. " +
			"Where the copies of nodes can be had, use --from: nothing is lost then.\n" +
			"Of three hubs: only while all are stopped (docs/hubs.md).",
	}
	textReseedYes  = wording.Text{VI: "làm thật", EN: "do it"}
	textReseedDry  = wording.Text{VI: "chỉ nói sẽ làm gì", EN: "only say what would be done"}
	textReseedFrom = wording.Text{
		VI: "thư mục có bản sao của sổ, kể cả trong các thư mục con; dùng được nhiều lần",
		EN: "folder with copies of the ledger, also below it; may be given more than once",
	}
	textReseedSure = wording.Text{
		VI: "điều các nút có mà sổ này không có sẽ không còn hiệu lực; nếu chắc chắn: lachan fleet reseed --yes",
		EN: "what nodes have and this ledger has not will be in force no more; if you are sure: lachan fleet reseed --yes",
	}
	textReseedWould = wording.Text{
		VI: "Sẽ phát lại cho mọi nút từ sổ này; điều các nút có mà sổ không có sẽ không còn hiệu lực. Chưa có gì thay đổi.",
		EN: "All nodes would be given this ledger anew; what they have and it has not would be in force no more. Nothing is changed.",
	}
	textReseedSureOf = wording.Text{VI: "chưa có gì thay đổi; để làm: thêm --yes", EN: "nothing is changed; to do it, add --yes"}
	textReseeded     = wording.Text{
		VI: "Các nút sẽ lấy lại từ đầu sau khi máy chủ nạp lại: systemctl reload lachan",
		EN: "Nodes take everything anew once the server reloads: systemctl reload lachan",
	}
	textReseedNone = wording.Text{
		VI: "không có bản sao nào của sổ trong %s: cần thư mục có tệp như 00000001.jsonl",
		EN: "there is no copy of a ledger in %s: it takes a folder with files such as 00000001.jsonl",
	}
	textReseedInit = wording.Text{
		VI: "khóa gốc chưa công nhận máy này là máy trung tâm; trước hết: lachan fleet init --root TỆP --trust TỆP",
		EN: "the root key does not name this machine as a hub; first: lachan fleet init --root FILE --trust FILE",
	}
	textReseedRuns = wording.Text{
		VI: "máy chủ đang chạy; hãy dừng trước: systemctl stop lachan (với --dry-run thì không cần)",
		EN: "the server runs; stop it first: systemctl stop lachan (--dry-run does not need that)",
	}
	textReseedBad = wording.Text{
		VI: "không dùng được %s, dòng %d, bản ghi %d; chưa có gì thay đổi. Hãy lấy lại bản sao ấy, hoặc bỏ nó ra: %v",
		EN: "%s, line %d, record %d is not to be used; nothing is changed. Copy it again, or leave that copy out: %v",
	}
	textReseedDamaged = wording.Text{
		VI: "sổ của máy này hỏng ở %s, dòng %d, bản ghi %d; một bản sao có đủ",
		EN: "the ledger here is damaged at %s, line %d, record %d; a copy has all of it",
	}
	textReseedWhole  = wording.Text{VI: "%s: sổ đến bản ghi %d, %s", EN: "%s: a ledger up to record %d, %s"}
	textReseedChain  = wording.Text{VI: "%s: bản của một nút, đến bản ghi %d, %s", EN: "%s: what a node has, up to record %d, %s"}
	textReseedFormer = wording.Text{
		VI: "%s: không dùng, vì sổ đã được phát lại từ đầu sau đó",
		EN: "%s: not used, since the ledger was given out anew after it",
	}
	textReseedTorn    = wording.Text{VI: "%s: %d byte cuối chưa ghi xong, chưa từng được xác nhận", EN: "%s: the last %d bytes were being written, and never confirmed"}
	textReseedExtra   = wording.Text{VI: "chỉ các nút còn giữ: %d bản ghi", EN: "records that nodes alone have: %d"}
	textReseedMissing = wording.Text{
		VI: "không có bản sao của: %s; điều quyết định ở đó sau sổ trên thì không dựng lại được",
		EN: "there is no copy of: %s; what was decided there after that ledger cannot be had again",
	}
	textReseedNothing = wording.Text{VI: "Sổ của máy này đã có đủ; không phải làm gì.", EN: "The ledger here has all of it; there is nothing to do."}
	textReseedCould   = wording.Text{VI: "Sổ sẽ có %d bản ghi, đến %s. Chưa có gì thay đổi.", EN: "The ledger would have %d records, up to %s. Nothing is changed."}
	textReseedDone    = wording.Text{
		VI: "Sổ có %d bản ghi, đến %s. Sổ trước đó ở %s. Hãy khởi động máy chủ: systemctl start lachan",
		EN: "The ledger has %d records, up to %s. The one before is in %s. Start the server: systemctl start lachan",
	}
	textFolder   = wording.Text{VI: "THƯ-MỤC", EN: "FOLDER"}
	textCopy     = wording.Text{VI: "chép bản sổ mà nút này giữ, để dựng lại máy trung tâm", EN: "copy what this node has of its hub's ledger, to make the hub anew of it"}
	textCopyLong = wording.Text{
		VI: "Chép vào một thư mục mang tên nút; không có bí mật nào trong đó. Máy chủ không cần dừng. Đưa thư mục ấy tới máy trung tâm: lachan fleet reseed --from.",
		EN: "It goes into a folder of the node's name; there is no secret in it. The server may run. Take that folder to the hub: lachan fleet reseed --from.",
	}
	textCopied    = wording.Text{VI: "%s: %d bản ghi", EN: "%s: %d records"}
	textCopyThere = wording.Text{VI: "%s đã có", EN: "%s is there already"}

	textRootFlag     = wording.Text{VI: "tệp khóa gốc (minisign)", EN: "file of the root key (minisign)"}
	textPasswordFlag = wording.Text{VI: "tệp có mật khẩu của khóa gốc, một dòng", EN: "file with the password of the root key, one line"}
	textRevokeFlag   = wording.Text{VI: "tên hoặc khóa của máy trung tâm không còn được tin nữa", EN: "name or key of a hub that is trusted no more"}
	textWhichHub     = wording.Text{
		VI: "có nhiều máy trung tâm tên %q; hãy ghi khóa của máy cần bỏ: %s",
		EN: "several hubs are named %q; give the key of the one that is meant: %s",
	}
	textTrustFlag = wording.Text{
		VI: "tệp nói có những máy trung tâm nào, mang từ máy này sang máy kia: được đọc nếu mới hơn, rồi được ghi lại",
		EN: "file that says which hubs there are and goes from one to the next: it is read if it is newer, and written",
	}
	textRootMade = wording.Text{
		VI: "Đã tạo khóa gốc %s. Hãy chép ra nơi khác, ngoài mạng, rồi xóa khỏi máy này.",
		EN: "Made the root key %s. Copy it to a place off the network, and remove it from this machine.",
	}
	textSetListen = wording.Text{
		VI: "Hãy ghi vào %s: fleet: {listen: \"0.0.0.0:4443\", address: TÊN-MÁY:4443}, rồi nạp lại.",
		EN: "Set in %s: fleet: {listen: \"0.0.0.0:4443\", address: NAME:4443}, and reload.",
	}
	textHub = wording.Text{
		VI: "Máy này là máy trung tâm đến %s (khóa gốc %s). Mời một nút: lachan fleet invite TÊN",
		EN: "This machine is a hub until %s (root key %s). Invite a node: lachan fleet invite NAME",
	}
	textPassword = wording.Text{
		VI: "khóa gốc %s có mật khẩu; mật khẩu thiếu hoặc sai: --password-file TỆP",
		EN: "the root key %s has a password, which is missing or wrong: --password-file FILE",
	}
	textOtherRoot = wording.Text{
		VI: "hệ thống của máy này có khóa gốc %s, không phải %s; với khóa gốc khác, mọi nút phải vào lại",
		EN: "the fleet of this machine has the root key %s and not %s; with another one all nodes have to join again",
	}
	textRootElsewhere = wording.Text{
		VI: "không có tệp %s; hệ thống của máy này đã có khóa gốc %s, hãy chỉ nó: --root TỆP",
		EN: "there is no file %s; the fleet of this machine has the root key %s already, name it: --root FILE",
	}
	textNoSuchHub = wording.Text{VI: "không có máy trung tâm nào khác tên %q", EN: "there is no other hub named %q"}

	textJoin     = wording.Text{VI: "đưa máy này vào hệ thống của một máy trung tâm", EN: "make this machine a node of a hub's fleet"}
	textJoinLong = wording.Text{
		VI: "Mã lấy từ lachan fleet invite trên máy trung tâm. Từ đó chính sách, đơn vị và quyết định là của máy trung tâm; lachan.yaml " +
			"(cửa, máy chủ phía trên, chứng chỉ, danh sách riêng) vẫn là của máy này. Cho đến khi nhận đủ, máy vẫn lọc như trước.",
		EN: "The code comes from lachan fleet invite on the hub. From then on policy, units and decisions are the hub's; lachan.yaml (doors, upstreams, " +
			"certificates, lists of its own) stays this machine's. Until everything has come, it filters as before.",
	}
	textLeave     = wording.Text{VI: "đưa máy này ra khỏi hệ thống, về chính sách riêng", EN: "take this machine out of its fleet, back to its own policy"}
	textLeaveLong = wording.Text{
		VI: "Điều đã nhận từ máy trung tâm không còn hiệu lực; chính sách ghi trong lachan.yaml có hiệu lực lại. Trên máy trung tâm, hãy chạy lachan fleet remove TÊN.",
		EN: "What came from the hub holds no more; the policy that lachan.yaml names does again. On the hub, run lachan fleet remove NAME.",
	}
	textNoCode = wording.Text{
		VI: "đây không phải mã mời: mã có tám nhóm bốn chữ, như máy trung tâm đã in",
		EN: "this is no code of an invitation: it has eight groups of four letters, as the hub has printed it",
	}
	textIsHub = wording.Text{
		VI: "máy này là máy trung tâm (fleet.listen), nên không vào hệ thống khác được",
		EN: "this machine is a hub itself (fleet.listen), so that it can join no other",
	}
	textJoined = wording.Text{
		VI: "máy này đã là nút %s của %s; muốn ra: lachan leave",
		EN: "this machine is the node %s of %s already; to leave: lachan leave",
	}
	textJoinedNow = wording.Text{
		VI: "Máy này nay là nút %s của %s; máy chủ đang chạy nhận chính sách trong vài giây.",
		EN: "This machine is the node %s of %s now; the server that runs takes the policy within seconds.",
	}
	textJoinedLater = wording.Text{
		VI: "Máy này nay là nút %s của %s; máy chủ chưa chạy, khi chạy sẽ nhận chính sách: lachan serve",
		EN: "This machine is the node %s of %s now; no server runs here, it takes the policy when it does: lachan serve",
	}
	textRefused = wording.Text{
		VI: "máy trung tâm không nhận mã này: mã chưa từng được cấp, đã dùng hoặc quá 24 giờ; hãy xin mã mới: lachan fleet invite TÊN",
		EN: "the hub does not take this code: it was never given out, was used, or is older than 24 hours; ask for another: lachan fleet invite NAME",
	}
	textStranger = wording.Text{
		VI: "máy ở %s không phải máy trung tâm mà mã này nói tới; mã chưa được gửi đi (%v)",
		EN: "what answers at %s is not the hub that this code is of; the code was not sent (%v)",
	}
	textUnreached = wording.Text{
		VI: "không tới được máy trung tâm ở %s: %v; hãy xem địa chỉ, cổng và tường lửa",
		EN: "the hub at %s cannot be reached: %v; look at the address, the port and firewalls",
	}
	textNotJoined = wording.Text{VI: "máy này chưa vào hệ thống nào", EN: "this machine has joined no fleet"}
	textLeft      = wording.Text{
		VI: "Máy này không còn là nút %s; chính sách của lachan.yaml có hiệu lực lại.",
		EN: "This machine is the node %s no more; the policy of lachan.yaml holds again.",
	}
)
