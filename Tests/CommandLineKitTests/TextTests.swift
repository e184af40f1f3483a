// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Testing

@Suite("Tables and trees") struct TextTests {
    @Test("columns fit their widest cell, without blanks at the end") func table() {
        var table = Table(columns: ["name", "Version", "note"])
        table.add(["a", "1.0.0", ""])
        table.add(["longer name", "2", "x"])
        #expect(
            table.text() == """
                NAME         VERSION  NOTE
                a            1.0.0
                longer name  2        x

                """)
    }

    @Test("a table without rows has its headings") func empty() {
        #expect(Table(columns: ["a", "b"]).text() == "A  B\n")
    }

    @Test(
        "cells line up by columns of the terminal",
        arguments: [("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("…", 1), ("한", 2), ("ä", 1), ("👨‍👩‍👧", 2)])
    func widths(_ cell: String, _ width: Int) {
        var table = Table(columns: ["a", "b"])
        table.add([cell, "x"])
        #expect(table.text() == "A\(String(repeating: " ", count: width + 1))B\n\(cell)  x\n")
    }

    @Test("content cannot steer the terminal") func controls() {
        var table = Table(columns: ["a"])
        table.add(["x\u{1B}[2Jy\nz\u{202E}"])
        #expect(table.text() == "A\nx\u{FFFD}[2Jy\u{FFFD}z\u{FFFD}\n")
        #expect(Tree.text([Tree.Node("a\rb")]) == "a\u{FFFD}b\n")
    }

    @Test("rows of the wrong length are cut or filled") func lengths() {
        var table = Table(columns: ["a", "b"])
        table.add(["1", "2", "3"])
        table.add(["1"])
        #expect(table.text() == "A  B\n1  2\n1\n")
    }

    @Test("branches") func tree() {
        let nodes = [
            Tree.Node(
                "root",
                children: [
                    Tree.Node("one", children: [Tree.Node("deep")]), Tree.Node("two", children: [Tree.Node("end")]),
                ]),
            Tree.Node("other"),
        ]
        #expect(
            Tree.text(nodes) == """
                root
                ├─ one
                │  └─ deep
                └─ two
                   └─ end
                other

                """)
        #expect(Tree.text([]) == "")
    }
}
