<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ar" sourcelanguage="en">
<context>
    <name>nearby_tray</name>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>Nearby Tray is still running</source>
        <translation>ما زال Nearby Tray يعمل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>This desktop has no tray, so there is no icon. Others still find this computer, and requests still come up.</source>
        <translation>لا توجد في سطح المكتب هذا منطقة إشعارات، ولذلك لا توجد أيقونة. ما زال بإمكان الآخرين العثور على هذا الحاسوب، وما زالت الطلبات تظهر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>Start Nearby Tray again to see its window. The settings have a switch for what closing it does.</source>
        <translation>شغّل Nearby Tray مرة أخرى لترى نافذته. في الإعدادات خيار يحدد ما يفعله إغلاقها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>&amp;Keep running</source>
        <translation>إ&amp;بقاؤه يعمل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>&amp;Quit, now and from now on</source>
        <translation>إ&amp;نهاء الآن ومن الآن فصاعدًا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>Enter a PIN</source>
        <translation>إدخال رقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>C&amp;onnect</source>
        <translation>ا&amp;تصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>&amp;Cancel</source>
        <translation>إل&amp;غاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>{peer} shows a PIN now. Type it here.</source>
        <translation>يعرض {peer} الآن رقم PIN. أدخله هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wrong PIN</source>
        <translation>رقم PIN خاطئ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>No PIN to be seen there? {what}</source>
        <translation>ألا يظهر هناك رقم PIN؟ {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>PIN to type there</source>
        <translation>رقم PIN لإدخاله هناك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>Copy the PIN</source>
        <translation>نسخ رقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>&amp;Hide</source>
        <translation>إ&amp;خفاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>Type this PIN on {peer}</source>
        <translation>أدخل رقم PIN هذا على {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>It does not ask for a PIN? {what}</source>
        <translation>ألا يطلب رقم PIN؟ {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <source>Incoming request</source>
        <translation>طلب وارد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <source>&amp;Accept</source>
        <translation>&amp;قبول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <source>&amp;Decline</source>
        <translation>&amp;رفض</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>&amp;Remember this group</source>
        <translation>ت&amp;ذكّر هذه المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>Trust t&amp;his computer (no code next time)</source>
        <translation>الوثوق ب&amp;هذا الحاسوب (بلا رمز في المرة القادمة)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>It can be formed again with neither button nor PIN.</source>
        <translation>يمكن تكوينها من جديد دون زر ودون رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/wish.py"/>
        <source>A program asks</source>
        <translation>برنامج يطلب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/wish.py"/>
        <source>&amp;Allow</source>
        <translation>&amp;سماح</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/wish.py"/>
        <source>&amp;Do not allow</source>
        <translation>&amp;عدم السماح</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Nearby Tray: Troubleshoot</source>
        <translation>‏Nearby Tray: استكشاف الأخطاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Check &amp;again</source>
        <translation>&amp;فحص مجددًا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>What was found</source>
        <translation>ما عُثر عليه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>&amp;Save a report</source>
        <translation>&amp;حفظ تقرير</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Versions, these checks and the last lines of the log, with names and addresses masked</source>
        <translation>الإصدارات وهذه الفحوص وآخر أسطر السجل، مع حجب الأسماء والعناوين</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>C&amp;lose</source>
        <translation>إ&amp;غلاق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Looking… {n} of {all}</source>
        <translation>جارٍ الفحص… {n} من {all}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>That did not work: {why}</source>
        <translation>لم ينجح ذلك: {why}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Saved as {path}. Read it before you pass it on.</source>
        <translation>حُفظ باسم {path}. اقرأه قبل أن تعطيه لغيرك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>The report could not be saved: {why}</source>
        <translation>تعذّر حفظ التقرير: {why}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Copy {command}</source>
        <translation>نسخ {command}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Copy</source>
        <translation>نسخ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <location filename="../../nearby_tray/ui/pages/addresses.py"/>
        <source>Copied</source>
        <translation>نُسخ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Troubleshoot</source>
        <translation>استكشاف الأخطاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Settings</source>
        <translation>الإعدادات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Visible to</source>
        <translation>الظهور لـ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Everyone</source>
        <translation>ال&amp;كل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Trusted</source>
        <translation>ال&amp;موثوقة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Nobody</source>
        <translation>&amp;لا أحد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Keep on</source>
        <translation>إ&amp;بقاء دائم</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Only for {n} &amp;minutes</source>
        <translation>لمدة {n} &amp;دقيقة فقط</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>For {time} more.</source>
        <translation>بقي {time}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Until you change it.</source>
        <translation>إلى أن تغيّره.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;A program asks…</source>
        <translation>&amp;برنامج يطلب…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Visible to</source>
        <translation>ال&amp;ظهور لـ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;Open Nearby Tray</source>
        <translation>&amp;فتح Nearby Tray</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Se&amp;ttings…</source>
        <translation>الإعدا&amp;دات…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Trou&amp;bleshoot…</source>
        <translation>استكشاف الأ&amp;خطاء…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;Quit</source>
        <translation>إ&amp;نهاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <location filename="../../nearby_tray/demo.py"/>
        <source>&amp;Connect nearby</source>
        <translation>ات&amp;صال بجهاز قريب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>&amp;Host a group…</source>
        <translation>استضافة م&amp;جموعة…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/seeking.py"/>
        <source>&amp;Stop looking</source>
        <translation>إيقاف البح&amp;ث</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Answer {peer}…</source>
        <translation>الرد على {peer}…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;Enter the PIN…</source>
        <translation>إدخال رقم &amp;PIN…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Disconnect {peer}</source>
        <translation>قطع الاتصال بـ {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;End the group</source>
        <translation>إن&amp;هاء المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <location filename="../../nearby_tray/demo.py"/>
        <source>&amp;Disconnect</source>
        <translation>&amp;قطع الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Code {code}</source>
        <translation>الرمز {code}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Compare the codes…</source>
        <translation>مقارنة الرمزين…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Show the &amp;PIN</source>
        <translation>إظهار رقم &amp;PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Remembered group</source>
        <translation>مجموعة محفوظة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Everyone, for 10 minutes</source>
        <translation>الكل، لمدة 10 دقائق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/addresses.py"/>
        <source>Copy {address}</source>
        <translation>نسخ {address}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>Trust this computer (no code next time)</source>
        <translation>الوثوق بهذا الحاسوب (بلا رمز في المرة القادمة)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>The&amp;y match</source>
        <translation>الرمزان متط&amp;ابقان</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>&amp;Show the request</source>
        <translation>&amp;عرض الطلب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/details.py"/>
        <source>&amp;Fewer details</source>
        <translation>تفا&amp;صيل أقل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/details.py"/>
        <source>Detai&amp;ls</source>
        <translation>التفا&amp;صيل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>Usually ready within 15 seconds.
The ordinary network stays as it is.</source>
        <translation>تجهز عادةً خلال 15 ثانية.
تبقى الشبكة المعتادة كما هي.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>{what}
{then}</source>
        <translation>‏{what}
{then}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>The ordinary network stays as it is.</source>
        <translation>تبقى الشبكة المعتادة كما هي.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>&amp;Give up</source>
        <translation>ال&amp;توقف عن المحاولة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>It is being restored; bring the two closer together.</source>
        <translation>تجري استعادتها؛ قرّب الجهازين أحدهما من الآخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>Try {n} of 3</source>
        <translation>المحاولة {n} من 3</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>Saying goodbye, tidying up</source>
        <translation>جارٍ التوديع والترتيب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Host a group</source>
        <translation>استضافة مجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>This computer becomes the centre of a Wi-Fi Direct group that phones, TVs and computers can join.</source>
        <translation>يصبح هذا الحاسوب مركز مجموعة Wi-Fi Direct يمكن أن تنضم إليها الهواتف وأجهزة التلفاز والحواسيب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>You are asked for each one. None of them is verified.</source>
        <translation>تُسأل عن كل جهاز. ولا شيء منها متحقَّق منه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Remember this group</source>
        <translation>تذكّر هذه المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Who was in it can come back with neither button nor PIN.</source>
        <translation>من كان فيها يمكنه العودة دون زر ودون رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>&amp;Start the group</source>
        <translation>بدء المجمو&amp;عة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>&amp;Back</source>
        <translation>ر&amp;جوع</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Not possible here now</source>
        <translation>غير ممكن هنا الآن</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>&amp;Dismiss</source>
        <translation>إ&amp;خفاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Starting a group</source>
        <translation>بدء مجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Members of the group</source>
        <translation>أعضاء المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>&amp;Invite…</source>
        <translation>د&amp;عوة…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Looking for machines nearby.
{what}</source>
        <translation>البحث عن أجهزة قريبة.
{what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>End the &amp;group</source>
        <translation>إن&amp;هاء المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>&amp;Do not let it in</source>
        <translation>عدم السماح با&amp;نضمامه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Nobody has joined yet.
{what}</source>
        <translation>لم ينضم أحد بعد.
{what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>On the phone, open Wi-Fi Direct and choose this computer.</source>
        <translation>افتح Wi-Fi Direct على الهاتف واختر هذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>This computer</source>
        <translation>هذا الحاسوب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>It may join now. {what}</source>
        <translation>يمكنه الانضمام الآن. {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Disconnect</source>
        <translation>قطع الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Try &amp;again</source>
        <translation>إعادة الم&amp;حاولة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Connect again</source>
        <translation>اتصال من جديد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Troubleshoot…</source>
        <translation>استكشاف الأخطاء…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Answer</source>
        <translation>رد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Dismiss</source>
        <translation>إخفاء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Possible as soon as the radios are ready.</source>
        <translation>يصبح ممكنًا حالما تجهز أجهزة اللاسلكي.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Works without any network around.
This computer hears when others look for it.</source>
        <translation>يعمل دون أي شبكة في الجوار.
هذا الحاسوب يسمع الآخرين حين يبحثون عنه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Works without any network around.</source>
        <translation>يعمل دون أي شبكة في الجوار.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Wi-Fi power saving</source>
        <translation>توفير طاقة Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Round trip</source>
        <translation>ذهاب وإياب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>The latest answer</source>
        <translation>آخر إجابة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Typical</source>
        <translation>المعتاد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Half of the answers of the last 30 seconds were quicker (p50)</source>
        <translation>كان نصف إجابات آخر 30 ثانية أسرع من ذلك (p50)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Slowest</source>
        <translation>الأبطأ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>95 of 100 answers were quicker (p95)</source>
        <translation>كانت 95 من كل 100 إجابة أسرع من ذلك (p95)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Lost</source>
        <translation>المفقود</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Pings of the last 30 seconds without an answer</source>
        <translation>رسائل الاختبار التي بقيت دون إجابة في آخر 30 ثانية</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Signal</source>
        <translation>الإشارة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Strength of the other's Wi-Fi, as NetworkManager knows it</source>
        <translation>قوة Wi-Fi لدى الطرف الآخر كما يعرفها NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>In / out</source>
        <translation>وارد / صادر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Bytes that came and went over this link</source>
        <translation>البايتات التي جاءت وذهبت عبر هذه الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Measured with: {what}.</source>
        <translation>القياس بواسطة: {what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>found in {time}</source>
        <translation>عُثر عليه في {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>linked in {time}</source>
        <translation>تم الوصل في {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>checked in {time}</source>
        <translation>تم التحقق في {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>{a} / {b}</source>
        <translation>‏{a} / {b}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Other computer</source>
        <translation>الحاسوب الآخر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/page.py"/>
        <source>Details: {detail}</source>
        <translation>التفاصيل: {detail}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/peer_list.py"/>
        <source>Computers nearby</source>
        <translation>الحواسيب القريبة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>Sho&amp;w it large</source>
        <translation>إ&amp;ظهاره بخط كبير</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>Enter the &amp;PIN</source>
        <translation>إدخال رقم &amp;PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>It shows a PIN now.</source>
        <translation>يعرض الآن رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/seeking.py"/>
        <source>Nobody yet.
Open Nearby Tray on the other computer, or Wi-Fi Direct on the phone.</source>
        <translation>لا أحد بعد.
افتح Nearby Tray على الحاسوب الآخر، أو Wi-Fi Direct على الهاتف.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>&amp;Push button</source>
        <translation>ضغطة ال&amp;زر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Show a P&amp;IN here</source>
        <translation>إظهار رقم PIN &amp;هنا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Ente&amp;r its PIN here</source>
        <translation>إد&amp;خال رقم PIN الخاص به هنا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Remember the &amp;group</source>
        <translation>ت&amp;ذكّر المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Remember the group</source>
        <translation>تذكّر المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>&amp;Back to the list</source>
        <translation>ال&amp;عودة إلى القائمة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Its group is remembered: it is formed again with neither button nor PIN.</source>
        <translation>مجموعته محفوظة: تُكوَّن من جديد دون زر ودون رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Signal {percent}</source>
        <translation>الإشارة {percent}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <source>No longer here</source>
        <translation>لم يعد هنا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>It is not seen on Wi-Fi Direct now.</source>
        <translation>لا يُرى الآن عبر Wi-Fi Direct.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Nearby Tray answers there</source>
        <translation>يجيب Nearby Tray هناك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Go back to the list and ask it: that link is verified.</source>
        <translation>عُد إلى القائمة واطلب منه الاتصال: تلك الوصلة متحقَّق منها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>&amp;Connect again</source>
        <translation>ا&amp;تصال مجددًا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/countdown.py"/>
        <source>Time left {time}</source>
        <translation>الوقت المتبقي {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/digits.py"/>
        <source>PIN</source>
        <translation>رقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Not the one you trust</source>
        <translation>ليس الحاسوب الموثوق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Trusted</source>
        <translation>موثوق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Paired</source>
        <translation>مقترن</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Wi-Fi Direct only</source>
        <translation>‏Wi-Fi Direct فقط</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Owns a group</source>
        <translation>يملك مجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/sparkline.py"/>
        <source>Round-trip times of the last minute</source>
        <translation>أزمنة الذهاب والإياب في آخر دقيقة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>not yet</source>
        <translation>ليس بعد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>now</source>
        <translation>الآن</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>done</source>
        <translation>تم</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>Meeting again over Bluetooth</source>
        <translation>اللقاء من جديد عبر Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Making the Wi-Fi link, try {n} of 3</source>
        <translation>إنشاء وصلة Wi-Fi، المحاولة {n} من 3</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Not verified</source>
        <translation>غير متحقَّق منه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <source>Waiting</source>
        <translation>انتظار</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <source>Link quality: not known yet</source>
        <translation>جودة الوصلة: غير معروفة بعد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <source>Link quality: {grade}</source>
        <translation>جودة الوصلة: {grade}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Automatic</source>
        <translation>تلقائي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>2.4 GHz, reaches farther</source>
        <translation>2.4 غيغاهرتز، مدى أبعد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>5 GHz, faster</source>
        <translation>5 غيغاهرتز، أسرع</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Ban&amp;d</source>
        <translation>ال&amp;نطاق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Pre&amp;fer to own the group</source>
        <translation>ت&amp;فضيل امتلاك المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Ch&amp;annel, MHz</source>
        <translation>ال&amp;قناة (ميغاهرتز)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Channel, as its frequency in MHz</source>
        <translation>القناة، بترددها بالميغاهرتز</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Any</source>
        <translation>أي قناة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>O&amp;wner intent</source>
        <translation>رغبة الام&amp;تلاك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Wish to own the group, from 0 to 15</source>
        <translation>الرغبة في امتلاك المجموعة، من 0 إلى 15</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>When two machines agree who owns the group, the higher number wins; equal ones are decided by chance.</source>
        <translation>حين يتفق جهازان على مالك المجموعة يفوز العدد الأكبر، وعند التساوي تحسم المصادفة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Less</source>
        <translation>أقل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Advanced…</source>
        <translation>خيارات متقدمة…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>The Wi-Fi service chooses, within the band.</source>
        <translation>تختار خدمة Wi-Fi القناة ضمن النطاق.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Channel {channel}. It wins over the band.</source>
        <translation>القناة {channel}. لها الأولوية على النطاق.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>New identity…</source>
        <translation>هوية جديدة…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>For one of two computers whose disk was copied. To others it is a new one: all trust ends, both ways.</source>
        <translation>لأحد حاسوبين نُسخ قرصهما. سيبدو للآخرين حاسوبًا جديدًا: تنتهي كل ثقة من الجانبين.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Keep this one</source>
        <translation>إبقاء هذه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Make a new one</source>
        <translation>إنشاء هوية جديدة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>None yet. Tick “Trust this computer” on both when you connect.</source>
        <translation>لا شيء بعد. فعّل «الوثوق بهذا الحاسوب» على الجهازين عند الاتصال.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Forget</source>
        <translation>نسيان</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Forget {peer}</source>
        <translation>نسيان {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>not linked since</source>
        <translation>لم تُنشأ وصلة معه منذ ذلك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>last linked {when}</source>
        <translation>آخر وصلة: {when}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Since {date}</source>
        <translation>منذ {date}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>today, {time}</source>
        <translation>اليوم، {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>yesterday, {time}</source>
        <translation>أمس، {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>an unknown day</source>
        <translation>يوم غير معروف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>Too long by {n} bytes; others see at most {most}.</source>
        <translation>أطول من المسموح بـ {n} بايت؛ يرى الآخرون {most} على الأكثر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>This name has characters that cannot be shown.</source>
        <translation>في هذا الاسم رموز لا يمكن عرضها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>A port is a number from {first} to {last}.</source>
        <translation>المنفذ عدد من {first} إلى {last}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>There is no Wi-Fi channel there; 2437, 5180 and 5955 are some.</source>
        <translation>لا توجد قناة Wi-Fi عند هذا التردد؛ من الترددات الصحيحة 2437 و5180 و5955.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Errors only</source>
        <translation>الأخطاء فقط</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Warnings, too</source>
        <translation>التحذيرات أيضًا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Normal</source>
        <translation>عادي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Everything, to find a fault</source>
        <translation>كل شيء، للبحث عن عطل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>It goes to standard error: into the journal, where systemd or the desktop keeps one. It tells of computers nearby.</source>
        <translation>يُكتب في مخرج الأخطاء القياسي، أي في سجل النظام حيث يحتفظ systemd أو سطح المكتب بسجل. وفيه ذكر للحواسيب القريبة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>The desktop’s autostart entry</source>
        <translation>مُدخلة البدء التلقائي لسطح المكتب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>A systemd user service</source>
        <translation>خدمة مستخدم في systemd</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Nearby Tray Settings</source>
        <translation>إعدادات Nearby Tray</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Trusted computers</source>
        <translation>الحواسيب الموثوقة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Wi-Fi Direct groups</source>
        <translation>مجموعات Wi-Fi Direct</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Name</source>
        <translation>الا&amp;سم</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Name of this computer</source>
        <translation>اسم هذا الحاسوب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Lan&amp;guage</source>
        <translation>اللغ&amp;ة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>As the system</source>
        <translation>كما في النظام</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>{code} (no words for it here)</source>
        <translation>{code} (غير متوفرة هنا)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Show n&amp;otifications</source>
        <translation>إظهار الإ&amp;شعارات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Start at login, hidden</source>
        <translation>&amp;بدء التشغيل مخفيًا عند تسجيل الدخول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>S&amp;tarted by</source>
        <translation>يشغّل&amp;ه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Started at login by</source>
        <translation>ما يشغّله عند تسجيل الدخول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Without a tray icon, closing the window &amp;quits</source>
        <translation>إغلاق النافذة &amp;ينهي البرنامج إن لم توجد أيقونة في منطقة الإشعارات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Who may ask</source>
        <translation>من يحق له أن يطلب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;How long</source>
        <translation>ا&amp;لمدة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>How long everyone may ask</source>
        <translation>مدة السماح للجميع بالطلب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>A&amp;ccept trusted, paired computers without asking</source>
        <translation>قبول الحواسيب الموثوقة المقترنة &amp;دون سؤال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Radio and network</source>
        <translation>اللاسلكي والشبكة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Bluetooth adapter</source>
        <translation>مح&amp;وّل Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>{adapter} (not there now)</source>
        <translation>{adapter} (غير موجود الآن)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>UDP &amp;port</source>
        <translation>منف&amp;ذ UDP</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>The same on both computers; open in their firewalls. Used from the next link on.</source>
        <translation>نفسه على الحاسوبين، ومفتوح في جداري الحماية لديهما. يسري من الوصلة القادمة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Log</source>
        <translation>السجل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>L&amp;evel</source>
        <translation>المستو&amp;ى</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>How much the log says</source>
        <translation>مقدار ما يقوله السجل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Until I change it</source>
        <translation>إلى أن أغيّره</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>For {n} minutes</source>
        <translation>لمدة {n} دقيقة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Everyone</source>
        <translation>الكل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Nobody</source>
        <translation>لا أحد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Visible to everyone</source>
        <translation>ظاهر للكل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Visible to trusted computers</source>
        <translation>ظاهر للحواسيب الموثوقة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Visible to nobody</source>
        <translation>غير ظاهر لأحد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Any computer nearby may ask; you decide.</source>
        <translation>يمكن لأي حاسوب قريب أن يطلب، والقرار لك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Only computers you trust find this one.</source>
        <translation>لا يجد هذا الحاسوب إلا الحواسيب التي تثق بها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>No computer finds this one. You can still connect to others.</source>
        <translation>لا يعثر أي حاسوب على هذا. ما زال بإمكانك الاتصال بغيرك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Only computers paired over Bluetooth, and only over a connection seen to be encrypted; otherwise you are asked.</source>
        <translation>الحواسيب المقترنة عبر Bluetooth فقط، وعبر اتصال ثبت تشفيره فقط؛ وإلا فستُسأل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{backend} chooses band and owner by itself here; this counts where Nearby Tray may control wpa_supplicant.</source>
        <translation>يختار {backend} النطاق والمالك بنفسه هنا؛ ويُعمل بهذا حيث يحق لـ Nearby Tray التحكم في wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: never own it</source>
        <translation>{n}: عدم امتلاكها أبدًا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: either way</source>
        <translation>{n}: لا فرق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: own it, if I may</source>
        <translation>{n}: امتلاكها إن أمكن</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: own it, or no link</source>
        <translation>{n}: امتلاكها أو لا وصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Problem</source>
        <translation>مشكلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Warning</source>
        <translation>تحذير</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Not seen</source>
        <translation>لم يُرَ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>OK</source>
        <translation>سليم</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>What keeps this computer from linking</source>
        <translation>ما يمنع هذا الحاسوب من الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Worth knowing</source>
        <translation>يجدر بك معرفته</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Could not be seen</source>
        <translation>تعذّرت رؤيته</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>In order</source>
        <translation>على ما يرام</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Switch Wi-Fi on</source>
        <translation>تشغيل Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Switch Bluetooth on</source>
        <translation>تشغيل Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Open the settings</source>
        <translation>فتح الإعدادات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} problem</source>
        <translation>المشكلات: {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} problems</source>
        <translation>المشكلات: {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} warning</source>
        <translation>التحذيرات: {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} warnings</source>
        <translation>التحذيرات: {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} thing not seen</source>
        <translation>ما لم يُرَ: {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} things not seen</source>
        <translation>ما لم يُرَ: {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{what}.</source>
        <translation>‏{what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Everything is in order.</source>
        <translation>كل شيء على ما يرام.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Answers come in steps of about 100 ms: one side saves Wi-Fi power. Plug it in, or switch Wi-Fi power saving off, for quicker answers.</source>
        <translation>تأتي الإجابات على خطوات من نحو 100 م.ث: أحد الطرفين يوفر طاقة Wi-Fi. للحصول على إجابات أسرع صِله بالكهرباء، أو أوقف توفير طاقة Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Accepted without asking, because it is paired.</source>
        <translation>قُبل دون سؤال لأنه مقترن.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Authenticated pings of Nearby Tray</source>
        <translation>رسائل اختبار موثَّقة من Nearby Tray</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>ICMP echo, which proves nothing about who answers</source>
        <translation>‏ICMP echo، وهو لا يثبت من الذي يجيب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>The kernel's neighbour table: there or not, no times</source>
        <translation>جدول الجيران في النواة: موجود أو غير موجود، دون أزمنة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>by pings</source>
        <translation>برسائل الاختبار</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>by ICMP echo</source>
        <translation>بواسطة ICMP echo</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>by the neighbour table</source>
        <translation>بجدول الجيران</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Not heard of yet</source>
        <translation>لم يُسمع منه بعد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Heard {how}</source>
        <translation>يُسمع {how}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>{share} lost</source>
        <translation>المفقود {share}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Authenticated with a PIN, too</source>
        <translation>موثَّقة برقم PIN أيضًا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Authenticated with a PIN</source>
        <translation>موثَّقة برقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Push button: the Wi-Fi layer itself is not authenticated; Nearby Tray's own check is</source>
        <translation>ضغطة الزر: طبقة Wi-Fi نفسها غير موثَّقة، وفحص Nearby Tray موثَّق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Push button: not authenticated</source>
        <translation>ضغطة الزر: غير موثَّقة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Wi-Fi layer</source>
        <translation>طبقة Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Verified by Nearby Tray on both sides.</source>
        <translation>تحقق منه Nearby Tray على الجانبين.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Other side</source>
        <translation>الطرف الآخر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Group owner</source>
        <translation>مالك المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer</source>
        <translation>الحاسوب الآخر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Channel</source>
        <translation>القناة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Width</source>
        <translation>العرض</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>{n} MHz</source>
        <translation>{n} ميغاهرتز</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Made with</source>
        <translation>أُنشئت بواسطة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Interface</source>
        <translation>الواجهة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Measured with</source>
        <translation>القياس بواسطة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>{channel} ({frequency} MHz, {band} GHz band)</source>
        <translation>{channel} ({frequency} ميغاهرتز، نطاق {band} غيغاهرتز)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>.</source>
        <extracomment>between the whole and the part of a number</extracomment>
        <translation>.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/names.py"/>
        <source>Unnamed computer</source>
        <translation>حاسوب بلا اسم</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/names.py"/>
        <source>“{name}”</source>
        <translation>‏«{name}»</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>{peer} wants to connect</source>
        <translation>يريد {peer} الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Open the request to decide.</source>
        <translation>افتح الطلب لتقرر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Accept only if both screens show {code}.</source>
        <translation>لا تقبل إلا إذا عرضت الشاشتان {code}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>You trust this computer.</source>
        <translation>أنت تثق بهذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Missed request</source>
        <translation>طلب فائت</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peer} wanted to connect.</source>
        <translation>أراد {peer} الاتصال.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Its address here is {address}.</source>
        <translation>عنوانه هنا {address}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}</source>
        <translation>متصل مع {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Trying to restore the link.</source>
        <translation>تجري محاولة استعادة الوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Link restored</source>
        <translation>استُعيدت الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Linked with {peer} again.</source>
        <translation>متصل مع {peer} من جديد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peer} shows a PIN</source>
        <translation>يعرض {peer} رقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Type it in Nearby Tray.</source>
        <translation>أدخله في Nearby Tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>It is empty now.</source>
        <translation>إنها فارغة الآن.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>One member.</source>
        <translation>عضو واحد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{n} members.</source>
        <translation>عدد الأعضاء: {n}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peers} joined your group</source>
        <translation>انضم إلى مجموعتك: {peers}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peers} left your group</source>
        <translation>غادر مجموعتك: {peers}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Your group is up</source>
        <translation>مجموعتك جاهزة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Others can join it now.</source>
        <translation>يمكن للآخرين الانضمام إليها الآن.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} B</source>
        <translation>{n} بايت</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} kB</source>
        <translation>{n} ك.ب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} MB</source>
        <translation>{n} م.ب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} GB</source>
        <translation>{n} غ.ب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} TB</source>
        <translation>{n} ت.ب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} ms</source>
        <translation>{n} م.ث</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} %</source>
        <translation>‏{n}٪</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} s</source>
        <translation>{n} ث</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Laptop</source>
        <translation>حاسوب محمول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Desktop</source>
        <translation>حاسوب مكتبي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Phone</source>
        <translation>هاتف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Tablet</source>
        <translation>جهاز لوحي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>TV</source>
        <translation>تلفاز</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Computer</source>
        <translation>حاسوب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Gone from Wi-Fi Direct for the moment.</source>
        <translation>غاب عن Wi-Fi Direct في هذه اللحظة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>{kind} ({model})</source>
        <translation>‏{kind} ({model})</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>signal {n} %</source>
        <translation>الإشارة {n}٪</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>PIN {digits}</source>
        <translation>رقم PIN {digits}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>A PIN has digits only.</source>
        <translation>لا يحوي رقم PIN إلا أرقامًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>A PIN has {n} digits.</source>
        <translation>عدد خانات رقم PIN هو {n}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>The last digit does not fit: check the number.</source>
        <translation>الخانة الأخيرة غير صحيحة: راجع الرقم.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>The digits fit together.</source>
        <translation>الخانات متوافقة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>{n} digits missing, unless it shows only {short}.</source>
        <translation>الخانات الناقصة: {n}، ما لم يكن المعروض {short} فقط.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>One digit missing.</source>
        <translation>تنقص خانة واحدة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>{n} digits missing.</source>
        <translation>الخانات الناقصة: {n}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>{n} digits; spaces do not matter.</source>
        <translation>عدد الخانات {n}؛ والمسافات لا تهم.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>Here is a new one.</source>
        <translation>هذا رقم جديد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>It shows a new one.</source>
        <translation>يعرض رقمًا جديدًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>This is the last try.</source>
        <translation>هذه هي المحاولة الأخيرة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>There are two tries left.</source>
        <translation>بقيت محاولتان.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Push button</source>
        <translation>ضغطة الزر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Show a PIN here</source>
        <translation>إظهار رقم PIN هنا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Enter its PIN here</source>
        <translation>إدخال رقم PIN الخاص به هنا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It asks there whether to connect: accept it on its screen.</source>
        <translation>يُسأل هناك عن الاتصال: اقبله على شاشته.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A PIN appears here; type it there.</source>
        <translation>يظهر رقم PIN هنا؛ أدخله هناك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A PIN appears there; type it here.</source>
        <translation>يظهر رقم PIN هناك؛ أدخله هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It says that it has no push button.</source>
        <translation>يقول إنه ليس لديه زر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It says that no PIN can be typed there.</source>
        <translation>يقول إنه لا يمكن إدخال رقم PIN هناك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It says that it cannot show a PIN.</source>
        <translation>يقول إنه لا يستطيع عرض رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It does not run Nearby Tray, or does not answer with it. It can be linked with by Wi-Fi Direct alone, not verified.</source>
        <translation>لا يعمل عليه Nearby Tray أو لا يجيب به. يمكن الاتصال به عبر Wi-Fi Direct وحده دون تحقق.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Not verified: it does not run Nearby Tray.</source>
        <translation>غير متحقَّق منه: لا يعمل عليه Nearby Tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>{Peer} does not run Nearby Tray. Nothing proves that it is what it says.</source>
        <translation>لا يعمل Nearby Tray على {Peer}. لا شيء يثبت أنه ما يدّعي.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Go on only if you know that machine, and that somebody there wants this now.</source>
        <translation>لا تتابع إلا إذا كنت تعرف ذلك الجهاز، وكان أحد هناك يريد هذا الآن.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Open Wi-Fi Direct in its settings, and keep that page open.</source>
        <translation>افتح Wi-Fi Direct في إعداداته، وأبقِ تلك الصفحة مفتوحة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A PIN needs NetworkManager 1.60 or newer, or the right to control wpa_supplicant.</source>
        <translation>يحتاج رقم PIN إلى NetworkManager 1.60 أو أحدث، أو إلى حق التحكم في wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It owns a group already, and joining one needs the right to control wpa_supplicant.</source>
        <translation>لديه مجموعة من قبل، والانضمام إليها يحتاج إلى حق التحكم في wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A group of your own needs the right to control wpa_supplicant.</source>
        <translation>تحتاج المجموعة الخاصة بك إلى حق التحكم في wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>wants to connect by push button</source>
        <translation>يريد الاتصال بضغطة الزر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>wants to connect with a PIN shown here</source>
        <translation>يريد الاتصال برقم PIN يظهر هنا</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>wants to connect with a PIN that it shows</source>
        <translation>يريد الاتصال برقم PIN يعرضه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bluetooth service is not running</source>
        <translation>خدمة Bluetooth لا تعمل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Bluetooth service of this computer (BlueZ) is not running.</source>
        <translation>خدمة Bluetooth في هذا الحاسوب (BlueZ) لا تعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Install BlueZ and start it: systemctl enable --now bluetooth.</source>
        <translation>ثبّت BlueZ وشغّله: systemctl enable --now bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No Bluetooth adapter</source>
        <translation>لا يوجد محوّل Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer has no Bluetooth adapter that works.</source>
        <translation>ليس في هذا الحاسوب محوّل Bluetooth صالح للعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Plug in a Bluetooth adapter, or switch the built-in one on in the firmware settings.</source>
        <translation>صِل محوّل Bluetooth، أو شغّل المدمج من إعدادات البرنامج الثابت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bluetooth is off</source>
        <translation>‏Bluetooth متوقف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Computers nearby are found over Bluetooth, and it is switched off.</source>
        <translation>يُعثر على الحواسيب القريبة عبر Bluetooth، وهو متوقف.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Switch Bluetooth on; Nearby Tray notices by itself.</source>
        <translation>شغّل Bluetooth؛ سيلاحظ Nearby Tray ذلك بنفسه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bluetooth refused</source>
        <translation>رفضت خدمة Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Bluetooth service did not let Nearby Tray call or answer other computers.</source>
        <translation>لم تسمح خدمة Bluetooth لـ Nearby Tray بنداء الحواسيب الأخرى ولا بإجابتها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Switch Bluetooth off and on again. If that does not help, another program may use all its advertisements.</source>
        <translation>أوقف Bluetooth ثم شغّله. إن لم ينفع ذلك فربما يستعمل برنامج آخر كل إعلاناته.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager is not running</source>
        <translation>‏NetworkManager لا يعمل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The link is made by NetworkManager, and it is not running on this computer.</source>
        <translation>تُنشأ الوصلة بواسطة NetworkManager، وهو لا يعمل على هذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Install NetworkManager and start it: systemctl enable --now NetworkManager.</source>
        <translation>ثبّت NetworkManager وشغّله: systemctl enable --now NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No Wi-Fi Direct</source>
        <translation>لا يوجد Wi-Fi Direct</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi of this computer offers no Wi-Fi Direct.</source>
        <translation>شبكة Wi-Fi في هذا الحاسوب لا تدعم Wi-Fi Direct.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Check that wpa_supplicant runs (NetworkManager finds no Wi-Fi Direct with iwd), or try another Wi-Fi adapter.</source>
        <translation>تحقق من أن wpa_supplicant يعمل (لا يجد NetworkManager مع iwd أي Wi-Fi Direct)، أو جرّب محوّل Wi-Fi آخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi is off</source>
        <translation>‏Wi-Fi متوقف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The link itself is Wi-Fi, and it is switched off.</source>
        <translation>الوصلة نفسها عبر Wi-Fi، وهو متوقف.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Switch Wi-Fi on; no network needs to be in reach.</source>
        <translation>شغّل Wi-Fi؛ ولا يلزم أن تكون في المدى أي شبكة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not allowed to make a link</source>
        <translation>غير مسموح بإنشاء وصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This account may not make Wi-Fi connections of its own.</source>
        <translation>لا يحق لهذا الحساب إنشاء اتصالات Wi-Fi خاصة به.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Log in at the computer itself, or ask its administrator for the right to control networks.</source>
        <translation>سجّل الدخول عند الحاسوب نفسه، أو اطلب من مديره حق التحكم في الشبكات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi Direct is in use</source>
        <translation>‏Wi-Fi Direct مستعمَل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Another program uses Wi-Fi Direct on this computer.</source>
        <translation>يستعمل برنامج آخر Wi-Fi Direct على هذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Close it (screen casting is a usual one), then try again.</source>
        <translation>أغلقه (غالبًا ما يكون برنامج بث الشاشة) ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager did not take the link</source>
        <translation>لم يقبل NetworkManager الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager changed or refused the settings of the link.</source>
        <translation>غيّر NetworkManager إعدادات الوصلة أو رفضها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Update NetworkManager, or tell us its version with this message.</source>
        <translation>حدّث NetworkManager، أو أخبرنا بإصداره مع هذه الرسالة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody answered</source>
        <translation>لم يجب أحد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No computer nearby answered.</source>
        <translation>لم يجب أي حاسوب قريب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Open Nearby Tray on the other computer, see that it is visible, and try again.</source>
        <translation>افتح Nearby Tray على الحاسوب الآخر، وتأكد من أنه ظاهر، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>No answer</source>
        <translation>لا إجابة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody answered the request on {peer} in time.</source>
        <translation>لم يجب أحد عن الطلب على {peer} في الوقت المحدد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Ask the person there to look at the screen, then try again.</source>
        <translation>اطلب من الشخص هناك أن ينظر إلى الشاشة، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Declined</source>
        <translation>مرفوض</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The request was declined on {peer}.</source>
        <translation>رُفض الطلب على {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Agree with the person there first, then try again.</source>
        <translation>اتفق أولًا مع الشخص هناك، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Codes not compared</source>
        <translation>لم تتم مقارنة الرمزين</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody said in time that both screens show the same code.</source>
        <translation>لم يؤكد أحد في الوقت المناسب أن الشاشتين تعرضان الرمز نفسه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Ask again, and compare the codes on both screens.</source>
        <translation>اطلب مجددًا وقارن الرمزين على الشاشتين.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer is not ready</source>
        <translation>الحاسوب الآخر غير جاهز</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi is off or not ready on {peer}.</source>
        <translation>شبكة Wi-Fi متوقفة أو غير جاهزة على {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Turn on Wi-Fi there, then try again.</source>
        <translation>شغّل Wi-Fi هناك ثم حاول مجددًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Two computers with one identity</source>
        <translation>حاسوبان بهوية واحدة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} has the same identity as this computer: the disk of one was copied to the other.</source>
        <translation>لدى {Peer} هوية هذا الحاسوب نفسها: نُسخ قرص أحدهما إلى الآخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Make a new identity on one of them, in Nearby Tray’s settings.</source>
        <translation>أنشئ هوية جديدة على أحدهما من إعدادات Nearby Tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Disconnected</source>
        <translation>انقطع الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} disconnected.</source>
        <translation>قطع {Peer} الاتصال.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>To connect again, ask it again.</source>
        <translation>للاتصال مجددًا، اطلب ذلك مرة أخرى.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer is busy</source>
        <translation>الحاسوب الآخر مشغول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} is linked, or being linked, with another computer.</source>
        <translation>{Peer} متصل بحاسوب آخر أو يجري وصله به.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wait until it is free, then try again.</source>
        <translation>انتظر حتى يتفرغ، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not accepted</source>
        <translation>غير مقبول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} does not take requests from this computer.</source>
        <translation>لا يقبل {Peer} طلبات من هذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Set “Visible to” to “Everyone” there, then try again.</source>
        <translation>اضبط «الظهور لـ» هناك على «الكل»، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Cancelled there</source>
        <translation>أُلغي هناك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The link was cancelled on {peer}.</source>
        <translation>أُلغيت الوصلة على {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again when the person there is ready.</source>
        <translation>أعد المحاولة حين يكون الشخص هناك مستعدًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer could not go on</source>
        <translation>لم يستطع الحاسوب الآخر المتابعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} gave up while {stage}.</source>
        <translation>توقف {Peer} عن المحاولة (المرحلة: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Look there for the reason, then try again.</source>
        <translation>ابحث عن السبب هناك، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer went away</source>
        <translation>ذهب الحاسوب الآخر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Bluetooth conversation with {peer} broke off while {stage}.</source>
        <translation>انقطعت محادثة Bluetooth مع {peer} (المرحلة: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bring the two closer together and try again.</source>
        <translation>قرّب الجهازين أحدهما من الآخر وأعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Could not be verified</source>
        <translation>تعذّر التحقق</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} said something wrong while {stage}, so nothing was linked.</source>
        <translation>قال {Peer} شيئًا خاطئًا (المرحلة: {stage})، ولذلك لم يتم أي وصل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Update Nearby Tray on both. If it happens again in the same place, somebody may be interfering: do not link here.</source>
        <translation>حدّث Nearby Tray على الجهازين. إن تكرر ذلك في المكان نفسه فربما يتدخل أحد: لا تتصل هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nearby Tray is not running there</source>
        <translation>لا يعمل Nearby Tray هناك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} was seen on Wi-Fi Direct only and cannot be asked.</source>
        <translation>رُئي {Peer} عبر Wi-Fi Direct فقط ولا يمكن سؤاله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Open Nearby Tray on it, then try again.</source>
        <translation>افتح Nearby Tray عليه، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not found on Wi-Fi</source>
        <translation>لم يُعثر عليه عبر Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer and {peer} agreed, but did not find each other on Wi-Fi.</source>
        <translation>اتفق هذا الحاسوب مع {peer}، لكن لم يعثر أحدهما على الآخر عبر Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Check that Wi-Fi is on in both, bring them closer together and try again.</source>
        <translation>تحقق من أن Wi-Fi يعمل على الجهازين، وقرّب أحدهما من الآخر، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link was not made</source>
        <translation>لم تُنشأ وصلة Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The two Wi-Fi radios did not agree on a link, in all tries.</source>
        <translation>لم يتفق جهازا Wi-Fi على وصلة في كل المحاولات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again; switching Wi-Fi off and on again on both sides helps when it keeps failing.</source>
        <translation>أعد المحاولة؛ وإن تكرر الفشل فإن إيقاف Wi-Fi ثم تشغيله على الجانبين يفيد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Linked, but silent</source>
        <translation>متصل لكنه صامت</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link was made, but {peer} did not answer on it.</source>
        <translation>أُنشئت وصلة Wi-Fi، لكن لم تأتِ عليها إجابة من {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>A firewall may be in the way: allow UDP port {port} on both, then try again.</source>
        <translation>ربما يعترض جدار حماية: اسمح بمنفذ UDP رقم {port} على الجهازين، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No address</source>
        <translation>لا عنوان</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link was made, but it has no network address that leaves this computer's other networks alone.</source>
        <translation>أُنشئت وصلة Wi-Fi، لكن ليس لها عنوان شبكة لا يمسّ الشبكات الأخرى لهذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again. If it happens each time, another network of this computer uses the same addresses.</source>
        <translation>أعد المحاولة. إن حدث ذلك كل مرة فإن شبكة أخرى لهذا الحاسوب تستعمل العناوين نفسها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Port is taken</source>
        <translation>المنفذ مشغول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Another program on this computer uses the UDP port that the link is checked with.</source>
        <translation>يستعمل برنامج آخر على هذا الحاسوب منفذ UDP الذي تُفحص به الوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Close that program, or choose another port in the settings, then try again.</source>
        <translation>أغلق ذلك البرنامج، أو اختر منفذًا آخر في الإعدادات، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Link lost</source>
        <translation>فُقدت الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} stopped answering.</source>
        <translation>توقف {Peer} عن الإجابة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi link ended</source>
        <translation>انتهت وصلة Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link with {peer} ended by itself.</source>
        <translation>انتهت وصلة Wi-Fi مع {peer} من تلقاء نفسها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again; if it keeps ending, bring the two closer together.</source>
        <translation>أعد المحاولة؛ وإن تكرر انتهاؤها فقرّب الجهازين أحدهما من الآخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>A system service restarted</source>
        <translation>أُعيد تشغيل خدمة من خدمات النظام</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager or BlueZ restarted, and the link went with it.</source>
        <translation>أُعيد تشغيل NetworkManager أو BlueZ، فذهبت الوصلة معه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again now.</source>
        <translation>أعد المحاولة الآن.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The PIN that was typed is not the one that the other side showed.</source>
        <translation>رقم PIN المُدخل ليس الرقم الذي عرضه الطرف الآخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again: each attempt has a new PIN.</source>
        <translation>أعد المحاولة: لكل محاولة رقم PIN جديد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Two buttons at once</source>
        <translation>زران في وقت واحد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Another machine nearby was connecting by push button at the same time, so neither was let in.</source>
        <translation>كان جهاز آخر قريب يتصل بضغطة الزر في الوقت نفسه، فلم يُسمح لأي منهما.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wait two minutes and try again, or use a PIN.</source>
        <translation>انتظر دقيقتين وأعد المحاولة، أو استعمل رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The two want different ways</source>
        <translation>يريد الطرفان طريقتين مختلفتين</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>One side wants the push button, the other one a PIN.</source>
        <translation>يريد أحد الطرفين ضغطة الزر، ويريد الآخر رقم PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose the way that {peer} offers, then try again.</source>
        <translation>اختر الطريقة المتاحة على {peer}، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Refused on Wi-Fi</source>
        <translation>مرفوض عبر Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} refused the Wi-Fi link.</source>
        <translation>رفض {Peer} وصلة Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Accept it on its screen, or forget this computer in its Wi-Fi Direct settings, then try again.</source>
        <translation>اقبلها على شاشته، أو انسَ هذا الحاسوب في إعدادات Wi-Fi Direct لديه، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody agreed there</source>
        <translation>لم يوافق أحد هناك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} answers on Wi-Fi, but nobody there agreed in time.</source>
        <translation>يجيب {Peer} عبر Wi-Fi، لكن لم يوافق أحد هناك في الوقت المحدد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Open its Wi-Fi Direct settings, keep them open, and accept what it asks; then try again.</source>
        <translation>افتح إعدادات Wi-Fi Direct لديه وأبقها مفتوحة واقبل ما يسأل عنه؛ ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Channel not allowed</source>
        <translation>القناة غير مسموح بها</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The chosen channel may not be used here: the rules of this country or the Wi-Fi adapter forbid it.</source>
        <translation>لا يجوز استعمال القناة المختارة هنا: تمنعها قواعد هذا البلد أو محوّل Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose another channel, or “Automatic”, in the settings.</source>
        <translation>اختر قناة أخرى، أو «تلقائي»، في الإعدادات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Busy on another channel</source>
        <translation>مشغول على قناة أخرى</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi adapter can be on one channel only, and the ordinary network is on another one.</source>
        <translation>لا يستطيع محوّل Wi-Fi العمل إلا على قناة واحدة، والشبكة المعتادة على قناة أخرى.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose “Automatic” in the settings, or leave that network first.</source>
        <translation>اختر «تلقائي» في الإعدادات، أو غادر تلك الشبكة أولًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No common channel</source>
        <translation>لا قناة مشتركة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer and {peer} have no Wi-Fi channel in common.</source>
        <translation>لا توجد قناة Wi-Fi مشتركة بين هذا الحاسوب و{peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose “Automatic” or another band in the settings, then try again.</source>
        <translation>اختر «تلقائي» أو نطاقًا آخر في الإعدادات، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Both want to own the group</source>
        <translation>يريد كلاهما امتلاك المجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer and {peer} both insist on owning the group.</source>
        <translation>يصر كل من هذا الحاسوب و{peer} على امتلاك المجموعة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Lower the owner intent in the settings of one of them, then try again.</source>
        <translation>خفّض رغبة الامتلاك في إعدادات أحدهما، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not possible with this Wi-Fi service</source>
        <translation>غير ممكن مع خدمة Wi-Fi هذه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi service of this computer cannot do that.</source>
        <translation>لا تستطيع خدمة Wi-Fi في هذا الحاسوب فعل ذلك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Use the push button. A PIN needs NetworkManager 1.60, a group of your own needs the right to control wpa_supplicant.</source>
        <translation>استعمل ضغطة الزر. يحتاج رقم PIN إلى NetworkManager 1.60، وتحتاج المجموعة الخاصة بك إلى حق التحكم في wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Group forgotten there</source>
        <translation>المجموعة منسية هناك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} no longer knows the group that both were to remember.</source>
        <translation>لم يعد {Peer} يعرف المجموعة التي كان على كليكما تذكّرها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Connect to it again, and have it remembered anew.</source>
        <translation>اتصل به من جديد واحفظ المجموعة مرة أخرى.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Cancelled</source>
        <translation>أُلغي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>You cancelled while {stage}.</source>
        <translation>ألغيت الاتصال (المرحلة: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nothing is left behind; connect again whenever you like.</source>
        <translation>لم يبقَ أي أثر؛ اتصل مجددًا متى شئت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Something went wrong in Nearby Tray</source>
        <translation>حدث خطأ ما في Nearby Tray</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>An unexpected error happened while {stage}.</source>
        <translation>حدث خطأ غير متوقع (المرحلة: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again. If it happens again, please report it with the details below.</source>
        <translation>أعد المحاولة. إن تكرر ذلك فأبلغنا به رجاءً مع التفاصيل أدناه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No PIN was typed</source>
        <translation>لم يُدخل رقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} showed a PIN, and it was not typed here in time.</source>
        <translation>عرض {Peer} رقم PIN، ولم يُدخل هنا في الوقت المحدد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again; it shows a new one each time.</source>
        <translation>أعد المحاولة؛ فهو يعرض رقمًا جديدًا كل مرة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>You did not answer</source>
        <translation>لم تجب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} asked for a link, and nobody here answered in time.</source>
        <translation>طلب {Peer} الاتصال، ولم يجب أحد هنا في الوقت المحدد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nothing happened. To link now, use “Connect nearby” on either computer.</source>
        <translation>لم يحدث شيء. للاتصال الآن استعمل «اتصال بجهاز قريب» على أي من الحاسوبين.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>idle</source>
        <translation>خامل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>looking for computers</source>
        <translation>البحث عن الحواسيب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>asking</source>
        <translation>الطلب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>you were being asked</source>
        <translation>سؤالك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>finding each other on Wi-Fi</source>
        <translation>بحث كل منهما عن الآخر عبر Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>making the Wi-Fi link</source>
        <translation>إنشاء وصلة Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>checking the link</source>
        <translation>فحص الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>linked</source>
        <translation>متصل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>restoring the link</source>
        <translation>استعادة الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>ending the link</source>
        <translation>إنهاء الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>waiting for the PIN</source>
        <translation>انتظار رقم PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>hosting a group</source>
        <translation>استضافة مجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>the other computer</source>
        <translation>الحاسوب الآخر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>A file of yours could not be read</source>
        <translation>تعذّرت قراءة ملف من ملفاتك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>So that nothing is more open than you chose, the careful choice is in force.</source>
        <translation>كي لا يكون شيء أكثر انفتاحًا مما اخترت، يسري الاختيار الأكثر حذرًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose in the panel who may see this computer, and look through the settings.</source>
        <translation>اختر في النافذة من يمكنه رؤية هذا الحاسوب، وراجع الإعدادات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Code {digits}</source>
        <translation>الرمز {digits}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>wants to connect to this computer</source>
        <translation>يريد الاتصال بهذا الحاسوب</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>wants to send or get files</source>
        <translation>يريد إرسال ملفات أو جلبها</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>wants to share a screen</source>
        <translation>يريد مشاركة شاشة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>If both of you trust the other, there is no code to compare next time.</source>
        <translation>إذا وثق كل منكما بالآخر فلا رمز للمقارنة في المرة القادمة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>While you are linked, it can reach programs on this computer that accept network connections.</source>
        <translation>ما دمتما متصلين يمكنه الوصول إلى برامج هذا الحاسوب التي تقبل اتصالات الشبكة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Not the computer you trust</source>
        <translation>ليس الحاسوب الذي تثق به</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>It calls itself {peer}, the name of a computer you trust, but it cannot prove to be that one.</source>
        <translation>يسمي نفسه {peer} باسم حاسوب تثق به، لكنه لا يستطيع إثبات أنه هو.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Go on only if you know why (a new installation, for instance), and compare the code with care.</source>
        <translation>لا تتابع إلا إذا كنت تعرف السبب (تثبيت جديد مثلًا)، وقارن الرمز بعناية.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>{Program} asks to connect this computer to {peer}.</source>
        <translation>يطلب {Program} وصل هذا الحاسوب بـ {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>{Program} asks to open a Wi-Fi Direct group on this computer.</source>
        <translation>يطلب {Program} بدء مجموعة Wi-Fi Direct على هذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>{Program} asks to invite {peer} into your group.</source>
        <translation>يطلب {Program} دعوة {peer} إلى مجموعتك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>It runs on this computer, as you. Nothing begins before you allow it.</source>
        <translation>يعمل على هذا الحاسوب باسمك. لا يبدأ شيء قبل أن تسمح به.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Accept to let it connect. There is no code to compare.</source>
        <translation>اقبل لتسمح له بالاتصال. لا يوجد رمز للمقارنة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Accept, and this computer shows a PIN to type there.</source>
        <translation>اقبل، فيعرض هذا الحاسوب رقم PIN لإدخاله هناك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>To accept, type the PIN that it shows.</source>
        <translation>للقبول أدخل رقم PIN الذي يعرضه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Agreeing on keys…</source>
        <translation>جارٍ الاتفاق على المفاتيح…</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Waiting for {peer} to compare the code.</source>
        <translation>في انتظار مقارنة الرمز على {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>You trust this computer, so there is no code to compare.</source>
        <translation>أنت تثق بهذا الحاسوب، فلا رمز للمقارنة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Accept only if both codes match.</source>
        <translation>اقبل فقط إذا تطابق الرمزان.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for {peer} to accept</source>
        <translation>انتظار قبول {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Do both screens show this code? If theirs is different, cancel.</source>
        <translation>هل تعرض الشاشتان هذا الرمز؟ إن كان رمزهم مختلفًا فألغِ.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>The same code must be on both screens. {peer} accepts first.</source>
        <translation>يجب أن يظهر الرمز نفسه على الشاشتين. يقبل {peer} أولًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Missed request: {peer} wanted to connect.</source>
        <translation>طلب فائت: أراد {peer} الاتصال.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>A program</source>
        <translation>برنامج</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Asked for by a nearby-tray command.</source>
        <translation>طُلب بأمر nearby-tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Asked for by {program}.</source>
        <translation>طلبه {program}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Asked for by a program.</source>
        <translation>طلبه برنامج.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Ready</source>
        <translation>جاهز</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Looking for computers nearby</source>
        <translation>البحث عن الحواسيب القريبة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for the other side to accept</source>
        <translation>انتظار قبول الطرف الآخر</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Somebody wants to connect</source>
        <translation>يريد أحدهم الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Finding each other on Wi-Fi</source>
        <translation>بحث كل منهما عن الآخر عبر Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Making the Wi-Fi link</source>
        <translation>إنشاء وصلة Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Checking the link</source>
        <translation>فحص الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked</source>
        <translation>متصل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Restoring the link</source>
        <translation>استعادة الوصلة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Disconnecting</source>
        <translation>قطع الاتصال</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for its PIN</source>
        <translation>انتظار رقم PIN الخاص به</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group</source>
        <translation>استضافة مجموعة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Good</source>
        <translation>جيدة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Fair</source>
        <translation>متوسطة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Weak</source>
        <translation>ضعيفة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, good</source>
        <translation>متصل مع {peer}، الوصلة جيدة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, fair</source>
        <translation>متصل مع {peer}، الوصلة متوسطة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, weak</source>
        <translation>متصل مع {peer}، الوصلة ضعيفة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, no answer</source>
        <translation>متصل مع {peer}، لا إجابة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Compare the code with {peer}</source>
        <translation>قارن الرمز مع {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for {peer} to compare the code</source>
        <translation>في انتظار مقارنة الرمز على {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Enter the PIN that {peer} shows</source>
        <translation>أدخل رقم PIN الذي يعرضه {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Type the PIN on {peer}</source>
        <translation>أدخل رقم PIN على {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Restoring the link with {peer}, try {n} of 3</source>
        <translation>استعادة الوصلة مع {peer}، المحاولة {n} من 3</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group, nobody in it yet</source>
        <translation>استضافة مجموعة، لا أحد فيها بعد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group with one member</source>
        <translation>استضافة مجموعة فيها عضو واحد</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group with {n} members</source>
        <translation>استضافة مجموعة، عدد أعضائها {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Compare the code</source>
        <translation>قارن الرمز</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/translate.py"/>
        <source>, </source>
        <extracomment>between the words of a list</extracomment>
        <translation>، </translation>
    </message>
    <message>
        <location filename="../../nearby_tray/app.py"/>
        <location filename="../../nearby_tray/demo.py"/>
        <source>Open</source>
        <translation>فتح</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>Started at login by the desktop’s autostart entry {path}.</source>
        <translation>تشغّله عند تسجيل الدخول مُدخلة البدء التلقائي لسطح المكتب {path}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>This desktop runs autostart entries only with a helper such as dex.</source>
        <translation>لا يشغّل سطح المكتب هذا مُدخلات البدء التلقائي إلا ببرنامج مساعد مثل dex.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>Started at login by the systemd user service {path}.</source>
        <translation>تشغّله عند تسجيل الدخول خدمة المستخدم في systemd ‏{path}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>But this desktop has not started {target}, so the service will not start with it.</source>
        <translation>لكن سطح المكتب هذا لم يبدأ {target}، فلن تبدأ الخدمة معه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>To have it again, switch starting at login off and on.</source>
        <translation>لاستعادة ذلك أوقف بدء التشغيل عند تسجيل الدخول ثم شغّله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>That is not what is chosen here; to end it, switch starting at login on and off.</source>
        <translation>ليس هذا ما اختير هنا؛ ولإنهائه شغّل بدء التشغيل عند تسجيل الدخول ثم أوقفه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>No systemd user manager answers here, so its service cannot start Nearby Tray; choose the autostart entry.</source>
        <translation>لا يجيب هنا systemd الخاص بالمستخدم، فلا يمكن لخدمته تشغيل Nearby Tray؛ اختر مُدخلة البدء التلقائي.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>The service {unit} is gone.</source>
        <translation>لم تعد الخدمة {unit} موجودة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>systemd does not start it at login: {unit} is {state}.</source>
        <translation>لا يشغّله systemd عند تسجيل الدخول: حالة {unit} هي {state}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: {path} has been switched off (Hidden=true).</source>
        <translation>لا يُشغَّل عند تسجيل الدخول: أُوقفت {path} (Hidden=true).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: the desktop’s list of startup programs has switched {path} off.</source>
        <translation>لا يُشغَّل عند تسجيل الدخول: أوقفت قائمة برامج بدء التشغيل في سطح المكتب {path}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: {path} is for other desktops only.</source>
        <translation>لا يُشغَّل عند تسجيل الدخول: {path} لأسطح مكتب أخرى فقط.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: what {path} starts is not there.</source>
        <translation>لا يُشغَّل عند تسجيل الدخول: ما تشغّله {path} غير موجود.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: the autostart entry is gone.</source>
        <translation>لا يُشغَّل عند تسجيل الدخول: لم تعد مُدخلة البدء التلقائي موجودة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ is not running, so it cannot be asked.</source>
        <translation>‏BlueZ لا يعمل، فلا يمكن سؤاله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>There is no Bluetooth adapter to look at.</source>
        <translation>لا يوجد محوّل Bluetooth للنظر فيه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ, by which computers find each other, can be asked over it only.</source>
        <translation>لا يمكن سؤال BlueZ، الذي تعثر به الحواسيب بعضها على بعض، إلا عبره.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Start the D-Bus system bus.</source>
        <translation>شغّل ناقل النظام D-Bus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ is installed and not running.</source>
        <translation>‏BlueZ مثبّت ولا يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Start Bluetooth.</source>
        <translation>شغّل Bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ is not installed.</source>
        <translation>‏BlueZ غير مثبّت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Install BlueZ.</source>
        <translation>ثبّت BlueZ.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ {version} is running.</source>
        <translation>‏BlueZ {version} يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>(version not told)</source>
        <translation>(الإصدار غير مصرَّح به)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Version 5.55 is needed.</source>
        <translation>يلزم الإصدار 5.55.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Update BlueZ.</source>
        <translation>حدّث BlueZ.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>The kernel has {names}, and BlueZ uses none of them.</source>
        <translation>لدى النواة {names}، ولا يستعمل BlueZ شيئًا منها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Restart Bluetooth.</source>
        <translation>أعد تشغيل Bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>There is no Bluetooth adapter.</source>
        <translation>لا يوجد محوّل Bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Plug one in, or switch the built-in one on in the firmware settings; its firmware may be missing.</source>
        <translation>صِل محوّلًا، أو شغّل المدمج من إعدادات البرنامج الثابت؛ فربما ينقصه برنامجه الثابت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name}: on.</source>
        <translation>{name}: يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name}: off.</source>
        <translation>{name}: متوقف.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>The settings choose {name}, which is not there.</source>
        <translation>تختار الإعدادات {name}، وهو غير موجود.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Choose another adapter in the settings.</source>
        <translation>اختر محوّلًا آخر في الإعدادات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Switch Bluetooth on.</source>
        <translation>شغّل Bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name} can be {roles}; central and peripheral are needed.</source>
        <translation>يمكن أن يكون {name}: {roles}؛ والمطلوب central وperipheral.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>neither</source>
        <translation>لا هذا ولا ذاك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Use another Bluetooth adapter; most of version 4.1 and newer can.</source>
        <translation>استعمل محوّل Bluetooth آخر؛ يستطيع ذلك معظم ما كان بالإصدار 4.1 وما بعده.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name} has no Bluetooth Low Energy.</source>
        <translation>ليس في {name} دعم لـ Bluetooth Low Energy.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Use another Bluetooth adapter, of version 4.1 or newer.</source>
        <translation>استعمل محوّل Bluetooth آخر بالإصدار 4.1 أو أحدث.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name} does not tell about advertising.</source>
        <translation>لا يصرح {name} بشيء عن الإعلان.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name}: {used} advertisements in use, {free} free.</source>
        <translation>{name}: الإعلانات المستعملة {used}، والحرة {free}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>It cannot advertise.</source>
        <translation>لا يستطيع الإعلان.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Use another Bluetooth adapter.</source>
        <translation>استعمل محوّل Bluetooth آخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Other programs use all of them, so nobody can be called.</source>
        <translation>تستعملها كلها برامج أخرى، فلا يمكن نداء أحد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Close the programs that advertise, or restart Bluetooth.</source>
        <translation>أغلق البرامج التي تعلن، أو أعد تشغيل Bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Too old to advertise more often than every 1.28 s, so being found takes longer: {what}.</source>
        <translation>أقدم من أن يعلن أكثر من مرة كل 1.28 ث، فيستغرق العثور وقتًا أطول: {what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Update that if finding takes too long.</source>
        <translation>حدّث ذلك إن استغرق العثور وقتًا طويلًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>A call is advertised every 100 to 150 ms.</source>
        <translation>يُعلن النداء كل 100 إلى 150 م.ث.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Calls are heard by an advertisement monitor: the radio wakes the computer only for them.</source>
        <translation>تُسمع النداءات بمراقب إعلانات (advertisement monitor): لا يوقظ جهاز اللاسلكي الحاسوب إلا لها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Calls are heard by a search for our service only. The applet sleeps meanwhile, and the radio uses more power.</source>
        <translation>تُسمع النداءات ببحث عن خدمتنا وحدها. ينام البرنامج أثناء ذلك، ويستهلك جهاز اللاسلكي طاقة أكثر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Cheaper is an advertisement monitor, which bluetoothd offers with Experimental = true in /etc/bluetooth/main.conf.</source>
        <translation>الأوفر هو مراقب إعلانات (advertisement monitor)، ويتيحه bluetoothd عند ضبط Experimental = true في ‎/etc/bluetooth/main.conf.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Desktop: {desktop}.</source>
        <translation>سطح المكتب: {desktop}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>not named</source>
        <translation>غير مسمّى</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Without a tray the panel is an ordinary window.</source>
        <translation>دون منطقة إشعارات تكون اللوحة نافذة عادية.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>A tray is there (StatusNotifierItem).</source>
        <translation>توجد منطقة إشعارات (StatusNotifierItem).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>A tray is announced, and nobody shows it.</source>
        <translation>أُعلن عن منطقة إشعارات ولا أحد يعرضها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Restart the desktop's panel.</source>
        <translation>أعد تشغيل شريط سطح المكتب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Install the AppIndicator extension, log in again and switch it on.</source>
        <translation>ثبّت إضافة AppIndicator، وسجّل الدخول من جديد، ثم فعّلها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>GNOME shows no tray by itself.</source>
        <translation>لا تعرض GNOME منطقة إشعارات من تلقاء نفسها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No tray is on the session bus; one of the older kind (XEmbed) cannot be asked from here.</source>
        <translation>لا توجد منطقة إشعارات على ناقل الجلسة؛ ولا يمكن أن تُسأل من هنا منطقة من النوع الأقدم (XEmbed).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No tray is there.</source>
        <translation>لا توجد منطقة إشعارات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Add a tray (status notifier) to the desktop's panel.</source>
        <translation>أضف منطقة إشعارات (status notifier) إلى شريط سطح المكتب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Notifications are switched off in the settings.</source>
        <translation>الإشعارات موقوفة في الإعدادات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>A notification server is installed; it starts when it is needed.</source>
        <translation>خادم الإشعارات مثبّت؛ ويبدأ عند الحاجة إليه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No notification server is there, so a request is shown in its own window only.</source>
        <translation>لا يوجد خادم إشعارات، فلا يظهر الطلب إلا في نافذته.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Install a notification server, such as the desktop's own, or dunst or mako.</source>
        <translation>ثبّت خادم إشعارات، كخادم سطح المكتب نفسه أو dunst أو mako.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Notifications are shown by {name} {version}.</source>
        <translation>يعرض الإشعارات {name} {version}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It shows no buttons: a request is accepted in its window or on the command line.</source>
        <translation>لا يعرض أزرارًا: يُقبل الطلب في نافذته أو من سطر الأوامر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Use a notification server that shows actions.</source>
        <translation>استعمل خادم إشعارات يعرض الإجراءات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>There is no logind here, so sessions cannot be told apart.</source>
        <translation>لا يوجد logind هنا، فلا يمكن التمييز بين الجلسات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Nearby Tray hears nobody meanwhile.</source>
        <translation>في هذه الأثناء لا يسمع Nearby Tray أحدًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>This user has no login session here, so the computer takes the user for absent.</source>
        <translation>ليست لهذا المستخدم جلسة دخول هنا، فيعدّه الحاسوب غائبًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Start Nearby Tray from the desktop you are logged in at; what is allowed is said under Permissions.</source>
        <translation>شغّل Nearby Tray من سطح المكتب الذي سجّلت الدخول إليه؛ وما هو مسموح به مذكور تحت «الأذونات».</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>The session is of type {type}.</source>
        <translation>نوع الجلسة {type}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>unknown</source>
        <translation>غير معروف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It is locked.</source>
        <translation>وهي مقفلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It comes over the network, and such a session may do less.</source>
        <translation>تأتي عبر الشبكة، وما يحق لمثلها أقل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Log in at the computer itself; over the network links may be refused.</source>
        <translation>سجّل الدخول عند الحاسوب نفسه؛ فقد تُرفض الوصلات عبر الشبكة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It is not active: somebody else is in front of this computer now.</source>
        <translation>ليست نشطة: شخص آخر أمام هذا الحاسوب الآن.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Switch to this session.</source>
        <translation>انتقل إلى هذه الجلسة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It is active, at the computer itself.</source>
        <translation>هي نشطة، عند الحاسوب نفسه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Settings and trusted computers can be read, or were never written.</source>
        <translation>يمكن قراءة الإعدادات والحواسيب الموثوقة، أو لم تُكتب قط.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Mend the file, or choose again: what cannot be read is set aside then.</source>
        <translation>أصلح الملف أو اختر من جديد: عندها يوضع ما تتعذّر قراءته جانبًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Not as it should be: {what}</source>
        <translation>ليس كما ينبغي: {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Nearby Tray is running (process {n}).</source>
        <translation>يعمل Nearby Tray (العملية {n}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No Nearby Tray of this session is running.</source>
        <translation>لا يعمل Nearby Tray في هذه الجلسة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Another one is running: process {n} of user {user}.</source>
        <translation>يعمل آخر: العملية {n} للمستخدم {user}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Running, and using Wi-Fi Direct itself: {names}.</source>
        <translation>تعمل وتستعمل Wi-Fi Direct بنفسها: {names}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Only one program at a time can use Wi-Fi Direct: end the others while you link.</source>
        <translation>لا يستطيع استعمال Wi-Fi Direct إلا برنامج واحد في وقت واحد: أنهِ البقية أثناء الاتصال.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi radio</source>
        <translation>جهاز Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Radio switches</source>
        <translation>مفاتيح اللاسلكي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi Direct in radio and driver</source>
        <translation>دعم Wi-Fi Direct في الجهاز والمشغّل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Room on the radio</source>
        <translation>المتسع على جهاز اللاسلكي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi driver</source>
        <translation>مشغّل Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Regulatory domain</source>
        <translation>النطاق التنظيمي</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>NetworkManager</source>
        <translation>NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi in NetworkManager</source>
        <translation>شبكة Wi-Fi في NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi Direct in NetworkManager</source>
        <translation>جهاز Wi-Fi Direct في NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Permissions</source>
        <translation>الأذونات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>wpa_supplicant</source>
        <translation>wpa_supplicant</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>dnsmasq, for phones</source>
        <translation>البرنامج dnsmasq، للهواتف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>BlueZ</source>
        <translation>BlueZ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Bluetooth adapter</source>
        <translation>محوّل Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Calling over Bluetooth</source>
        <translation>النداء عبر Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Hearing over Bluetooth</source>
        <translation>السماع عبر Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Firewall: firewalld</source>
        <translation>جدار الحماية: firewalld</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Firewall: ufw</source>
        <translation>جدار الحماية: ufw</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Firewall: rules in the kernel</source>
        <translation>جدار الحماية: قواعد في النواة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>UDP port</source>
        <translation>منفذ UDP</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>VPN</source>
        <translation>VPN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Tray</source>
        <translation>منطقة الإشعارات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Notifications</source>
        <translation>الإشعارات</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Login session</source>
        <translation>جلسة الدخول</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Your files</source>
        <translation>ملفاتك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Applets running</source>
        <translation>البرامج العاملة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>It was not done after {n} s.</source>
        <translation>لم ينتهِ بعد {n} ث.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Not answered: {what}.</source>
        <translation>لا إجابة: {what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>The bus went away while it was asked.</source>
        <translation>اختفى الناقل أثناء السؤال.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>The answer was an error: {error}</source>
        <translation>كانت الإجابة خطأ: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>The check itself failed: {error}</source>
        <translation>فشل الفحص نفسه: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>There is no Bluetooth adapter to switch on.</source>
        <translation>لا يوجد محوّل Bluetooth لتشغيله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <source>There is no system bus here.</source>
        <translation>لا يوجد ناقل نظام هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <source>There is no session bus here (DBUS_SESSION_BUS_ADDRESS).</source>
        <translation>لا يوجد ناقل جلسة هنا (DBUS_SESSION_BUS_ADDRESS).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is not running, so it cannot be asked.</source>
        <translation>‏NetworkManager لا يعمل، فلا يمكن سؤاله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <source>The kernel does not tell about its radios (nl80211).</source>
        <translation>لا تصرح النواة بشيء عن أجهزتها اللاسلكية (nl80211).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>firewalld is not running.</source>
        <translation>جدار الحماية firewalld لا يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>firewalld is running and does not tell this account about its zones: {error}</source>
        <translation>جدار الحماية firewalld يعمل ولا يصرح لهذا الحساب بمناطقه: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>firewalld is running, its default zone is {zone}.</source>
        <translation>جدار الحماية firewalld يعمل، ومنطقته الافتراضية {zone}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>It has the zone {zone}, which links are put into.</source>
        <translation>فيه المنطقة {zone} التي توضع فيها الوصلات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>It does not have the zone {zone}: links are in the default zone, which may keep other programs out.</source>
        <translation>ليست فيه المنطقة {zone}: الوصلات في المنطقة الافتراضية التي قد تمنع البرامج الأخرى.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Install the zone.</source>
        <translation>ثبّت المنطقة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is not installed.</source>
        <translation>جدار الحماية ufw غير مثبّت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is installed; whether it is on cannot be read.</source>
        <translation>جدار الحماية ufw مثبّت؛ ولا تمكن قراءة ما إذا كان يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Look at it:</source>
        <translation>انظر فيه:</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is installed and off (/etc/ufw/ufw.conf).</source>
        <translation>جدار الحماية ufw مثبّت ومتوقف (‎/etc/ufw/ufw.conf).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is on; what comes in is by default: {policy}. Its rules are only for root to read.</source>
        <translation>جدار الحماية ufw يعمل؛ والوارد افتراضيًا: {policy}. لا يقرأ قواعده إلا root.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>not readable</source>
        <translation>تعذّرت قراءته</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The pings of a link pass, since both sides begin; other programs need a rule.</source>
        <translation>تمر رسائل اختبار الوصلة لأن الطرفين يبدآن؛ أما البرامج الأخرى فتحتاج إلى قاعدة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Let in what comes over links:</source>
        <translation>اسمح بما يأتي عبر الوصلات:</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Whether the kernel has a packet filter cannot be seen here.</source>
        <translation>لا يمكن أن يُرى هنا ما إذا كان في النواة مرشّح حزم.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>No packet filter is loaded in the kernel.</source>
        <translation>لم يُحمّل في النواة أي مرشّح حزم.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Loaded in the kernel: {filters}.</source>
        <translation>المحمّل في النواة: {filters}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>nothing seen</source>
        <translation>لم يُرَ شيء</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Look at the rules; UDP port {port} should be let in.</source>
        <translation>انظر في القواعد؛ ينبغي السماح بمنفذ UDP رقم {port}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Running: {services}.</source>
        <translation>يعمل: {services}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>/etc/nftables.conf has rules that drop; whether they concern links cannot be told from here.</source>
        <translation>في ‎/etc/nftables.conf قواعد تُسقط الحزم؛ ولا يمكن القول من هنا إن كانت تخص الوصلات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The rules are only for root to read.</source>
        <translation>لا يقرأ القواعد إلا root.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The kernel's list of UDP ports cannot be read.</source>
        <translation>تعذّرت قراءة قائمة النواة لمنافذ UDP.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>UDP port {port} is free.</source>
        <translation>منفذ UDP رقم {port} حر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>UDP port {port} is used by Nearby Tray itself, for the link.</source>
        <translation>منفذ UDP رقم {port} يستعمله Nearby Tray نفسه للوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>UDP port {port} is used by {who}.</source>
        <translation>منفذ UDP رقم {port} يستعمله {who}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>a program of user {n}</source>
        <translation>برنامج للمستخدم {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Close that program, or choose another port in the settings of both computers.</source>
        <translation>أغلق ذلك البرنامج، أو اختر منفذًا آخر في إعدادات الحاسوبين.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The kernel does not tell its routes: {error}</source>
        <translation>لا تصرح النواة بمساراتها: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Up: {names}.</source>
        <translation>العامل منها: {names}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>No VPN is seen.</source>
        <translation>لا يُرى أي VPN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Its routes leave links alone. Rules of its own firewall, if it has any, cannot be seen from here.</source>
        <translation>مساراته تترك الوصلات وشأنها. أما قواعد جدار حمايته الخاص، إن وُجدت، فلا تُرى من هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Let Tailscale leave local networks alone.</source>
        <translation>دع Tailscale يترك الشبكات المحلية وشأنها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Allow local networks in the VPN's settings (split tunnelling), or disconnect it while linked.</source>
        <translation>اسمح بالشبكات المحلية في إعدادات VPN (تقسيم النفق)، أو اقطع اتصاله أثناء الوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Rule {rule} sends into {interface} what programs say to a link.</source>
        <translation>ترسل القاعدة {rule} إلى {interface} ما تقوله البرامج لوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Rule {rule} drops what programs say to a link.</source>
        <translation>تُسقط القاعدة {rule} ما تقوله البرامج لوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The link's own pings are not concerned, so it looks healthy and is of no use.</source>
        <translation>لا تتأثر رسائل اختبار الوصلة نفسها، فتبدو سليمة وهي بلا فائدة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>no interface</source>
        <translation>لا واجهة</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>There is no Wi-Fi radio to look at.</source>
        <translation>لا يوجد جهاز Wi-Fi للنظر فيه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{names}: an old driver, not of the kernel's wireless layer (nl80211).</source>
        <translation>{names}: مشغّل قديم ليس من طبقة اللاسلكي في النواة (nl80211).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use the driver that comes with the kernel, or another Wi-Fi adapter.</source>
        <translation>استعمل المشغّل الذي يأتي مع النواة، أو محوّل Wi-Fi آخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The kernel sees no Wi-Fi radio.</source>
        <translation>لا ترى النواة أي جهاز Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Plug in a Wi-Fi adapter. If there is one, its driver or firmware is missing, or it is off in the firmware settings.</source>
        <translation>صِل محوّل Wi-Fi. إن كان موجودًا فمشغّله أو برنامجه الثابت ناقص، أو هو متوقف في إعدادات البرنامج الثابت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio}: {interfaces}.</source>
        <translation>‏{radio}: {interfaces}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>NetworkManager: Wi-Fi is off by a switch or key of the machine.</source>
        <translation>‏NetworkManager: أُوقف Wi-Fi بمفتاح أو زر في الجهاز.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use the machine's Wi-Fi switch or key (often Fn and a key with an antenna or aeroplane).</source>
        <translation>استعمل مفتاح Wi-Fi أو زره في الجهاز (غالبًا Fn مع زر عليه هوائي أو طائرة).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>NetworkManager: Wi-Fi is switched off.</source>
        <translation>‏NetworkManager: Wi-Fi متوقف.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>nothing it tells of</source>
        <translation>لا شيء مما يصرح به</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio} can be: {kinds}.</source>
        <translation>يمكن أن يكون {radio}: {kinds}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Wi-Fi Direct needs P2P client and P2P group owner.</source>
        <translation>يحتاج Wi-Fi Direct إلى P2P client وP2P group owner.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Update the kernel and the firmware, or use another Wi-Fi adapter; its driver must offer P2P (see: iw list).</source>
        <translation>حدّث النواة والبرنامج الثابت، أو استعمل محوّل Wi-Fi آخر؛ يجب أن يدعم مشغّله P2P (انظر: iw list).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio} has no Wi-Fi Direct, so there is nothing to combine.</source>
        <translation>ليس في {radio} دعم لـ Wi-Fi Direct، فلا شيء للجمع بينه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio} carries: {interfaces}.</source>
        <translation>يحمل {radio}: {interfaces}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>A link fits beside them, on {n} channels at once.</source>
        <translation>تتسع معها لوصلة؛ عدد القنوات في وقت واحد: {n}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>A link fits beside them.</source>
        <translation>تتسع معها لوصلة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The radio can be on one channel at a time: with a Wi-Fi network, a link has to share that one's channel.</source>
        <translation>لا يستطيع جهاز اللاسلكي العمل إلا على قناة واحدة في وقت واحد: مع شبكة Wi-Fi يجب أن تشاركها الوصلة قناتها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The radio can be on one channel at a time, now {mhz} MHz for the Wi-Fi network.</source>
        <translation>لا يستطيع جهاز اللاسلكي العمل إلا على قناة واحدة في وقت واحد، وهي الآن {mhz} ميغاهرتز لشبكة Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>No link may be begun on that channel, which is shared with radar.</source>
        <translation>لا يجوز بدء وصلة على تلك القناة لأنها مشتركة مع الرادار.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Disconnect from the Wi-Fi network while linked, or use it on another channel.</source>
        <translation>اقطع الاتصال بشبكة Wi-Fi أثناء الوصلة، أو استعملها على قناة أخرى.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>If links fail, disconnect from the Wi-Fi network while linked.</source>
        <translation>إن فشلت الوصلات فاقطع الاتصال بشبكة Wi-Fi أثناءها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} is an access point, and the driver carries no link beside it.</source>
        <translation>{name} نقطة وصول، ولا يحمل المشغّل وصلة إلى جانبها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Switch the hotspot off, then try again.</source>
        <translation>أوقف نقطة الاتصال، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Several interfaces are on one radio, and the driver carries no link beside them.</source>
        <translation>توجد عدة واجهات على جهاز لاسلكي واحد، ولا يحمل المشغّل وصلة إلى جانبها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Remove the ones you do not need.</source>
        <translation>أزل ما لا تحتاج إليه منها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Disconnect from the Wi-Fi network before you link.</source>
        <translation>اقطع الاتصال بشبكة Wi-Fi قبل أن تتصل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The driver names no way to carry a link beside a Wi-Fi network.</source>
        <translation>لا يذكر المشغّل طريقة لحمل وصلة إلى جانب شبكة Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>There is no Wi-Fi interface, so there is no driver to name.</source>
        <translation>لا توجد واجهة Wi-Fi، فلا مشغّل لتسميته.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name}: the driver is not named.</source>
        <translation>{name}: المشغّل غير مسمّى.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name}: {driver}, firmware {firmware}.</source>
        <translation>{name}: {driver}، البرنامج الثابت {firmware}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name}: {driver}.</source>
        <translation>‏{name}: {driver}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Kernel {release}.</source>
        <translation>النواة {release}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Install the firmware of the Wi-Fi adapter.</source>
        <translation>ثبّت البرنامج الثابت لمحوّل Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{names}: the firmware is missing.</source>
        <translation>{names}: البرنامج الثابت ناقص.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{drivers}: known for Wi-Fi Direct that is missing or does not work ({where}).</source>
        <translation>{drivers}: معروف بأن Wi-Fi Direct فيه ناقص أو لا يعمل ({where}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use another driver for it if there is one, or another Wi-Fi adapter.</source>
        <translation>استعمل مشغّلًا آخر له إن وُجد، أو محوّل Wi-Fi آخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} ({radio}): blocked by a switch or key of the machine.</source>
        <translation>{name} ({radio}): محجوب بمفتاح أو زر في الجهاز.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} ({radio}): switched off by software.</source>
        <translation>{name} ({radio}): أُوقف برمجيًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} ({radio}): on.</source>
        <translation>{name} ({radio}): يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use the machine's radio switch or key (often Fn and a key with an antenna or aeroplane).</source>
        <translation>استعمل مفتاح اللاسلكي أو زره في الجهاز (غالبًا Fn مع زر عليه هوائي أو طائرة).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Switch it on, or leave aeroplane mode.</source>
        <translation>شغّله، أو اخرج من وضع الطيران.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The kernel has no radio switches here.</source>
        <translation>ليس في النواة مفاتيح لاسلكي هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The regulatory domain is {country}.</source>
        <translation>النطاق التنظيمي هو {country}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The regulatory domain is not told.</source>
        <translation>النطاق التنظيمي غير مصرَّح به.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio}: {social} of the 3 channels for finding each other and {five} channels of 5 GHz may be used.</source>
        <translation>{radio}: يمكن استعمال {social} من قنوات التعارف الثلاث، وعدد قنوات 5 غيغاهرتز المتاحة {five}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The radio's firmware sets it.</source>
        <translation>يحدده البرنامج الثابت لجهاز اللاسلكي.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>It forbids the channels on which Wi-Fi Direct machines find each other.</source>
        <translation>يمنع القنوات التي يعثر فيها بعض أجهزة Wi-Fi Direct على بعض.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>It forbids some of the channels on which Wi-Fi Direct machines find each other.</source>
        <translation>يمنع بعض القنوات التي يعثر فيها بعض أجهزة Wi-Fi Direct على بعض.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>No country is set, so 5 GHz is closed for links; they use the slower 2.4 GHz.</source>
        <translation>لم يُحدد بلد، ولذلك نطاق 5 غيغاهرتز مغلق أمام الوصلات؛ فتستعمل نطاق 2.4 غيغاهرتز الأبطأ.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The firmware decides, by what it hears or by a setting in the machine's firmware; it cannot be set from here.</source>
        <translation>يقرر البرنامج الثابت بحسب ما يسمعه أو بحسب إعداد في البرنامج الثابت للجهاز؛ ولا يمكن ضبطه من هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Set the country you are in; if that is {country}:</source>
        <translation>حدّد البلد الذي أنت فيه؛ إن كان {country}:</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Set the country you are in: sudo iw reg set, followed by its two letters.</source>
        <translation>حدّد البلد الذي أنت فيه: sudo iw reg set يليه حرفا البلد.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>unmanaged</source>
        <translation>غير مُدار</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>unavailable</source>
        <translation>غير متاح</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>active</source>
        <translation>نشط</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>being deactivated</source>
        <translation>يجري إيقافه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>failed</source>
        <translation>فشل</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager, which makes the link, can be asked over it only.</source>
        <translation>لا يمكن سؤال NetworkManager، الذي ينشئ الوصلة، إلا عبره.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is not running; links are made with wpa_supplicant alone, which this account may use.</source>
        <translation>‏NetworkManager لا يعمل؛ تُنشأ الوصلات بواسطة wpa_supplicant وحده، ويحق لهذا الحساب استعماله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is installed and not running.</source>
        <translation>‏NetworkManager مثبّت ولا يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Start NetworkManager.</source>
        <translation>شغّل NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install NetworkManager.</source>
        <translation>ثبّت NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is not installed.</source>
        <translation>‏NetworkManager غير مثبّت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager {version} is running.</source>
        <translation>‏NetworkManager {version} يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Its version cannot be understood.</source>
        <translation>لا يمكن فهم إصداره.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Wi-Fi Direct came with version 1.16.</source>
        <translation>جاء Wi-Fi Direct مع الإصدار 1.16.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Update NetworkManager.</source>
        <translation>حدّث NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It is switched off as a whole.</source>
        <translation>هو موقوف كليًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch networking on.</source>
        <translation>شغّل الشبكات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Nearby Tray was tried with 1.42 and newer only.</source>
        <translation>لم يُجرَّب Nearby Tray إلا مع 1.42 وما بعده.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Update NetworkManager if links fail.</source>
        <translation>حدّث NetworkManager إن فشلت الوصلات.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>There is no Wi-Fi radio that NetworkManager could manage.</source>
        <translation>لا يوجد جهاز Wi-Fi يمكن أن يديره NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install NetworkManager's part for Wi-Fi, then restart NetworkManager.</source>
        <translation>ثبّت جزء Wi-Fi من NetworkManager، ثم أعد تشغيل NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager has no Wi-Fi device, though the kernel has {radio}.</source>
        <translation>ليس لدى NetworkManager جهاز Wi-Fi مع أن لدى النواة {radio}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>{name}: {state}.</source>
        <translation>‏{name}: {state}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Remove the lines about {name} from /etc/network/interfaces and restart NetworkManager.</source>
        <translation>أزل الأسطر الخاصة بـ {name} من ‎/etc/network/interfaces وأعد تشغيل NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>/etc/network/interfaces has {name}, so NetworkManager leaves it alone.</source>
        <translation>في ‎/etc/network/interfaces ذكر لـ {name}، ولذلك يتركه NetworkManager وشأنه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager leaves {name} to others.</source>
        <translation>يترك NetworkManager {name} لغيره.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>There links are made with wpa_supplicant alone, which this account may use.</source>
        <translation>تُنشأ الوصلات هناك بواسطة wpa_supplicant وحده، ويحق لهذا الحساب استعماله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Let NetworkManager manage it.</source>
        <translation>دع NetworkManager يديره.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>not managed</source>
        <translation>غير مُدار</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>being activated</source>
        <translation>يجري تنشيطه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>state {n}</source>
        <translation>الحالة {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager has no Wi-Fi Direct device while Wi-Fi is switched off.</source>
        <translation>ليس لدى NetworkManager جهاز Wi-Fi Direct ما دام Wi-Fi متوقفًا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch Wi-Fi on.</source>
        <translation>شغّل Wi-Fi.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager has no Wi-Fi Direct device.</source>
        <translation>ليس لدى NetworkManager جهاز Wi-Fi Direct.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>See what is said here about the radio, NetworkManager and wpa_supplicant; after a change restart NetworkManager.</source>
        <translation>انظر ما قيل هنا عن جهاز اللاسلكي وNetworkManager وwpa_supplicant؛ وأعد تشغيل NetworkManager بعد أي تغيير.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Let NetworkManager manage it, then switch Wi-Fi off and on.</source>
        <translation>دع NetworkManager يديره، ثم أوقف Wi-Fi وشغّله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch Wi-Fi off and on; if that does not help, restart wpa_supplicant.</source>
        <translation>أوقف Wi-Fi وشغّله؛ وإن لم ينفع ذلك فأعد تشغيل wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>The link that is up is ours.</source>
        <translation>الوصلة القائمة وصلتنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Another program uses it.</source>
        <translation>يستعمله برنامج آخر.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Close that program (screen casting is a usual one), then try again.</source>
        <translation>أغلق ذلك البرنامج (غالبًا ما يكون برنامج بث الشاشة)، ثم أعد المحاولة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>A group is up that NetworkManager knows nothing of: {names}. One that crashed leaves it.</source>
        <translation>توجد مجموعة لا يعرف عنها NetworkManager شيئًا: {names}. يتركها NetworkManager إذا انهار.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch Wi-Fi off and on.</source>
        <translation>أوقف Wi-Fi وشغّله.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager does not tell what this account may do.</source>
        <translation>لا يصرح NetworkManager بما يحق لهذا الحساب.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>making and ending links</source>
        <translation>إنشاء الوصلات وإنهاؤها</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>profiles of your own</source>
        <translation>ملفات اتصال خاصة بك</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>finding others</source>
        <translation>العثور على الآخرين</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>switching Wi-Fi on</source>
        <translation>تشغيل Wi-Fi</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager: {what}: {answer}.</source>
        <translation>‏NetworkManager: {what}: {answer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>not asked for</source>
        <translation>لم يُسأل عنه</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install polkit, which decides about this.</source>
        <translation>ثبّت polkit الذي يقرر ذلك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>“auth”: the administrator's password is asked for each time, and without a desktop that is a no.</source>
        <translation>‏«auth»: تُطلب كلمة مرور المدير كل مرة، ودون سطح مكتب يعني ذلك الرفض.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Log in at the computer itself: a session in front of it may, one over the network may not.</source>
        <translation>سجّل الدخول عند الحاسوب نفسه: الجلسة التي أمامه يحق لها ذلك، والجلسة عبر الشبكة قد لا يحق لها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>wpa_supplicant {version} is installed.</source>
        <translation>‏wpa_supplicant {version} مثبّت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>of an unknown version</source>
        <translation>بإصدار غير معروف</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>iwd runs Wi-Fi here.</source>
        <translation>يدير iwd شبكة Wi-Fi هنا.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is set to use iwd, which is not running.</source>
        <translation>ضُبط NetworkManager على استعمال iwd، وهو لا يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Let NetworkManager use wpa_supplicant: remove wifi.backend=iwd from its configuration, stop iwd, restart NetworkManager.</source>
        <translation>دع NetworkManager يستعمل wpa_supplicant: أزل wifi.backend=iwd من إعداداته، وأوقف iwd، وأعد تشغيل NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Nearby Tray was shown with wpa_supplicant only.</source>
        <translation>لم يُختبر Nearby Tray إلا مع wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install wpa_supplicant.</source>
        <translation>ثبّت wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>wpa_supplicant, which speaks Wi-Fi Direct, is not installed.</source>
        <translation>البرنامج wpa_supplicant، الذي يتعامل مع Wi-Fi Direct، غير مثبّت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It is not running.</source>
        <translation>هو لا يعمل.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Start wpa_supplicant.</source>
        <translation>شغّل wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It runs, and this account may not talk to it. That is usual: NetworkManager does what two computers need.</source>
        <translation>هو يعمل، ولا يحق لهذا الحساب مخاطبته. هذا معتاد: يقوم NetworkManager بما يحتاج إليه حاسوبان.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>PINs, groups of your own and choosing the channel may need the right to talk to it (on Debian: group netdev).</source>
        <translation>قد تحتاج أرقام PIN والمجموعات الخاصة بك واختيار القناة إلى حق مخاطبته (في Debian: المجموعة netdev).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It runs, and was built without Wi-Fi Direct.</source>
        <translation>هو يعمل، وقد بُني دون Wi-Fi Direct.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install your distribution's wpa_supplicant.</source>
        <translation>ثبّت wpa_supplicant الخاص بتوزيعتك.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It runs, knows Wi-Fi Direct, and this account may talk to it: PINs and choosing the channel work.</source>
        <translation>هو يعمل ويعرف Wi-Fi Direct، ويحق لهذا الحساب مخاطبته: أرقام PIN واختيار القناة متاحة.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Before 2.10 its Wi-Fi Direct could be attacked over the air (CVE-2021-27803).</source>
        <translation>قبل 2.10 كان يمكن مهاجمة Wi-Fi Direct فيه عبر الهواء (CVE-2021-27803).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Update wpa_supplicant, unless your distribution has mended its own.</source>
        <translation>حدّث wpa_supplicant، ما لم تكن توزيعتك قد أصلحت نسختها.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>dnsmasq is installed.</source>
        <translation>البرنامج dnsmasq مثبّت.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>dnsmasq is not installed. Between computers with Nearby Tray it is not needed; phones get their address from it.</source>
        <translation>البرنامج dnsmasq غير مثبّت. لا حاجة إليه بين الحواسيب التي فيها Nearby Tray؛ أما الهواتف فتحصل على عنوانها منه.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install dnsmasq to link with phones.</source>
        <translation>ثبّت dnsmasq للاتصال بالهواتف.</translation>
    </message>
</context>
</TS>
