// SPDX-License-Identifier: Apache-2.0

extension HostileExpression {
    private static func megabyte(_ body: String, of letter: String = "a") -> String {
        bound(20, first: "'\(letter)'", { "\($0) + \($0)" }, body: { name in body.replacing("TEXT", with: name) })
    }

    /// Functions that look at much or make much.
    static let calls: [HostileExpression] = [
        HostileExpression("a range of 10⁹", "size(lists.range(1000000000))", .exhausted),
        HostileExpression("a range of 10¹⁸", "size(lists.range(1000000000000000000))", .exhausted),
        HostileExpression("a precision of 10⁹", "'%.1000000000f'.format([1.0])", .refused("precision")),
        HostileExpression(
            "wide precisions", "lists.range(100000).all(i, '%.900f'.format([double(i)]) != '')", .exhausted),
        HostileExpression(
            "replace between letters", megabyte("TEXT.replace('', TEXT)"), .exhausted),
        HostileExpression("join with a long separator", megabyte("TEXT.split('').join(TEXT)"), .exhausted),
        HostileExpression("split into letters", megabyte("TEXT.split('').size()"), .exhausted),
        HostileExpression("split of split", megabyte("lists.range(1000).map(i, TEXT.split('aaaa'))"), .exhausted),
        HostileExpression("a search for a long part", megabyte("(TEXT + TEXT).contains(TEXT + 'b')"), .cheap("")),
        HostileExpression("positions", megabyte("lists.range(100000).all(i, TEXT.indexOf('b') < 0)"), .exhausted),
        HostileExpression(
            "last positions", megabyte("lists.range(100000).all(i, TEXT.lastIndexOf('ab') < 0)"), .exhausted),
        HostileExpression(
            "letters", megabyte("lists.range(100000).all(i, TEXT.charAt(900000) == 'a')"), .cheap("true")),
        HostileExpression("parts", megabyte("lists.range(100000).all(i, TEXT.substring(900000) != '')"), .exhausted),
        HostileExpression("sizes", megabyte("lists.range(100000).all(i, size(TEXT) > 0)"), .exhausted),
        HostileExpression("reverses", megabyte("lists.range(100000).all(i, TEXT.reverse() != '')"), .exhausted),
        HostileExpression("capitals", megabyte("lists.range(100000).all(i, TEXT.upperAscii() != '')"), .exhausted),
        HostileExpression("trims", megabyte("lists.range(100000).all(i, TEXT.trim() == '')", of: " "), .exhausted),
        HostileExpression("quotes", megabyte("lists.range(100000).all(i, strings.quote(TEXT) != '')"), .exhausted),
        HostileExpression("hashes", megabyte("lists.range(100000).all(i, hash.md5(TEXT) != b'')"), .exhausted),
        HostileExpression(
            "longer hashes", megabyte("lists.range(100000).all(i, hash.sha256(TEXT) != b'')"), .exhausted),
        HostileExpression("short hashes", megabyte("lists.range(100000).all(i, hash.fnv64a(TEXT) != b'')"), .exhausted),
        HostileExpression(
            "base64", megabyte("lists.range(100000).all(i, base64.encode(bytes(TEXT)) != '')"), .exhausted),
        HostileExpression(
            "base64 back", megabyte("lists.range(100000).all(i, base64.decode(TEXT) != b'')"), .exhausted),
        HostileExpression("random strings", "random.seededString(1000000000, 'x')", .cheap("")),
        HostileExpression(
            "JSON of many values", megabyte("json.unmarshal('[' + TEXT.replace('a', '[],') + '1]')"), .exhausted),
        HostileExpression("JSON that is deep", megabyte("json.unmarshal(TEXT)", of: "["), .cheap("")),
        HostileExpression("JSON of numbers", megabyte("json.unmarshal(TEXT)", of: "1"), .cheap("")),
        HostileExpression(
            "JSON again and again", "lists.range(100000).all(i, json.unmarshal('{\"a\":[1,' + string(i) + ']}') != 1)",
            .exhausted),
        HostileExpression("JSON written", megabyte("lists.range(1000).all(i, json.marshal(TEXT) != '')"), .exhausted),
        HostileExpression(
            "merges",
            "cel.bind(m, lists.range(50000).transformMap(i, v, v), lists.range(1000).all(i, m.merge(m) != {}))",
            .exhausted),
        HostileExpression("a sort", "lists.range(300000).reverse().sort()[0]", .cheap("")),
        HostileExpression("a sort of strings", "lists.range(100000).map(i, string(i)).sort()[0]", .cheap("")),
        HostileExpression("sorts", "lists.range(1000).all(i, lists.range(1000).reverse().sort()[0] == 0)", .exhausted),
        HostileExpression("distinct lists", "lists.range(100000).map(i, [i]).distinct().size()", .exhausted),
        HostileExpression("distinct numbers", "lists.range(200000).distinct().size()", .cheap("")),
        HostileExpression(
            "sets of lists", "cel.bind(l, lists.range(100000).map(i, [i]), sets.contains(l, l))", .exhausted,
            profile: "standard"),
        HostileExpression(
            "sets of numbers", "cel.bind(l, lists.range(100000), sets.equivalent(l, l))", .cheap(""),
            profile: "standard"),
        HostileExpression(
            "elements of a list", "cel.bind(l, lists.range(10000), l.all(i, i in l))", .exhausted),
        HostileExpression(
            "a pattern that others try again and again", megabyte("(TEXT + 'b').matches('(a+)+$')"), .cheap("")),
        HostileExpression(
            "large patterns", "lists.range(100000).all(i, 'a'.matches('(x{99}){99}' + string(i)))", .exhausted),
        HostileExpression(
            "a large pattern on a long text", megabyte("(TEXT + 'b').matches('(a|b)*a(a|b){900}' + 'c$')"), .exhausted),
        HostileExpression(
            "a large pattern on a text",
            bound(12, first: "'ab'", { "\($0) + \($0)" }, body: { "\($0).matches('(a|b)*a(a|b){300}c')" }),
            .cheap("false")),
        HostileExpression(
            "2 000 large patterns", "[" + repeated("'a'.matches('(x{9}){99}y')", 2_000) + "]", .exhausted),
        HostileExpression(
            "wrong patterns", "lists.range(100000).all(i, 'a'.matches('(' + string(i)) || true)", .exhausted),
        HostileExpression("matches", megabyte("TEXT.findAll('').size()"), .cheap("")),
        HostileExpression("matches of all", megabyte("TEXT.findAll('a').size()"), .exhausted),
        HostileExpression(
            "5 000 ranges", "[" + repeated("lists.range(600)", 5_000) + "].size()", .exhausted),
        HostileExpression(
            "time zones", "lists.range(100000).all(i, timestamp(0).getHours('Zone' + string(i)) == 1 || true)",
            .exhausted),
        HostileExpression("quantities", megabyte("quantity(TEXT)", of: "1"), .cheap("")),
        HostileExpression("versions", megabyte("semver(TEXT)", of: "1"), .cheap("")),
        HostileExpression("addresses", megabyte("lists.range(100000).all(i, isIP(TEXT) || true)", of: "1"), .exhausted),
        HostileExpression("URLs", megabyte("lists.range(100000).all(i, isURL(TEXT) || true)", of: "/"), .exhausted),
        HostileExpression("durations", megabyte("duration(TEXT)", of: "1h"), .cheap("")),
    ]

    /// Types that grow.
    static let types: [HostileExpression] = [
        HostileExpression("a list of empty lists", "[" + repeated("[]", 30_000) + "].size()", .cheap("30000")),
        HostileExpression("empty lists compared", "[" + repeated("[]==[]", 12_000) + "].size()", .cheap("12000")),
        HostileExpression(
            "lists compared with one", "cel.bind(a, [], [" + repeated("a==[]", 15_000) + "].size())", .cheap("15000")),
        HostileExpression(
            "maps of types", bound(60, first: "{1: x}", { "{\($0): \($0)}" }, body: { "type(\($0))" }), .cheap("")),
        HostileExpression(
            "maps of types, compared",
            bound(60, first: "{1: 1}", { "{'k': \($0), 'l': \($0)}" }, body: { "\($0) == \($0)" }), .exhausted),
        HostileExpression(
            "maps of unknown types",
            bound(30, first: "{}", { "{\($0) == {} ? 'a' : 'b': [\($0), {}]}" }, body: { "\($0) == \($0)" }),
            .cheap("")),
        HostileExpression(
            "unknown types that hold each other",
            "cel.bind(a, [], cel.bind(b, [], cel.bind(c, [], cel.bind(d, [], "
                + "a == [{'x': b, 'y': b}] && b == [{'x': c, 'y': c}] && c == [{'x': d, 'y': d}] || a == b))))",
            .refused("no matching overload")),
        HostileExpression(
            "deep types", bound(60, first: "[1]", { "[\($0)]" }, body: { "\($0) == \($0)" }), .cheap("true")),
    ]
}
