// SPDX-License-Identifier: Apache-2.0

import Basics
import PackageRepositories
import TestInputs
import Testing

@Suite("XML is read strictly, with limits, and written so that it reads the same") struct XMLTests {
    private func read(_ text: String, _ limits: XMLElement.Limits = .init()) throws(Fault) -> XMLElement {
        try XMLElement(parsing: Array(text.utf8), source: "doc", limits: limits)
    }

    @Test("elements, attributes, references, CDATA and comments") func reading() throws {
        let root = try read(
            """
            <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
            <!-- a comment -->
            <m:a xmlns:m="urn:x" k='1 &lt; 2'> t&#x41;&#66;&amp; <![CDATA[<raw&>]]><!-- no --><b/><b>two</b ></m:a>
            """)
        #expect(root.name == "m:a" && root.localName == "a" && root["b"]?.text == "")
        #expect(root.attributes.last?.value == "1 < 2" && root.text == "tAB& <raw&>")
        #expect(root.children.map(\.text) == ["", "two"])
    }

    static let refused = [
        ("", "an element is missing"), ("<a>", "ends within <a>"), ("<a></b>", "</b> ends no open element"),
        ("<a/><b/>", "something follows"), ("x<a/>", "an element is missing"), ("<a b=1/>", "not quoted"),
        ("<a b='1' b='2'/>", "given twice"), ("<a>&nbsp;</a>", "entity “&nbsp;”"), ("<a>&#0;</a>", "entity"),
        ("<a>&#xD800;</a>", "entity"), ("<a>&</a>", "“&”"), ("<a>\u{1}</a>", "control character"),
        ("<a><![CDATA[\u{0} ]]></a>", "control character"),
        ("<a>\u{FFFE}</a>", "control character"), ("<a><!-- \u{8} --></a>", "control character"),
        ("<a>&#xFFFF;</a>", "entity"),
        ("<!DOCTYPE a><a/>", "document type"), ("<a><!DOCTYPE b></a>", "document type"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "not UTF-8"), ("<a><!-- x", "“-->” is missing"),
        ("<a b='<'/>", "does not end"), ("< a/>", "name is missing"), ("<1/>", "name is missing"),
        ("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>", "document type"),
    ]

    @Test("what is no such document is refused with its place", arguments: refused)
    func refusal(text: String, reason: String) {
        let fault = #expect(throws: Fault.self) { try read(text) }
        #expect(fault?.code == .invalid && fault?.message.hasPrefix("doc:1:") == true)
        #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
    }

    @Test("a document is refused that is too large, too deep or has too many parts") func limits() {
        var limits = XMLElement.Limits()
        (limits.bytes, limits.depth, limits.nodes) = (1000, 4, 10)
        let small = limits
        for text in [
            "<a>" + String(repeating: " ", count: 1000) + "</a>", "<a><b><c><d><e></e></d></c></b></a>",
            "<a>" + String(repeating: "<b/>", count: 11) + "</a>",
        ] {
            #expect(throws: Fault.self) { try read(text, small) }
            #expect((try? read(text)) != nil)
        }
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(#expect(throws: Fault.self) { try read(deep) }?.code == .limitExceeded)
    }

    @Test("texts and attributes are escaped") func writing() throws {
        let element = XMLElement(
            "a", attributes: [("k", "\"<&>'\n")], [XMLElement("b", text: "1 < 2 && \"x\" ]]> \u{0}ä")])
        let text = String(decoding: element.encoded(), as: UTF8.self)
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <a k="&quot;&lt;&amp;&gt;'&#10;">
                  <b>1 &lt; 2 &amp;&amp; &quot;x&quot; ]]&gt; ä</b>
                </a>

                """)
        #expect(try read(text)["b"]?.text == "1 < 2 && \"x\" ]]> ä")
    }

    @Test("damaged documents are refused or read, and what is read is written and read again", arguments: [1, 2, 3])
    func damage(seed: UInt64) throws {
        let sample = """
            <?xml version="1.0"?><metadata a='b&gt;'><groupId>g</groupId><!-- c --><versioning><latest>1</latest>\
            <versions><version>1</version><version>&#50;</version></versions></versioning><![CDATA[x]]></metadata>
            """
        var mutator = ByteMutator(
            samples: [Array(sample.utf8)], tokens: ["<![CDATA[", "]]>", "&#x", "<!--", "-->", "<!", "<?", "/>"],
            seed: seed)
        var accepted = 0
        for _ in 0..<4000 {
            guard let element = try? XMLElement(parsing: mutator.next(), source: "doc") else { continue }
            accepted += 1
            let once = try XMLElement(parsing: element.encoded(), source: "again")
            #expect(try XMLElement(parsing: once.encoded(), source: "again").encoded() == once.encoded())
        }
        #expect(accepted > 50)
    }
}
