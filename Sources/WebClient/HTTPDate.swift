// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Dates of HTTP fields (RFC 9110 section 5.6.7): one form to write, three to read.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; nil for another form.
    static func seconds(_ text: String) -> Int64? {
        var parts = text.split { $0 == " " || $0 == "," }.map(String.init)
        if parts.count == 4 {
            // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
            let date = parts[1].split(separator: "-").map(String.init)
            guard date.count == 3, let year = Int(date[2]), (0...99).contains(year) else { return nil }
            parts = [parts[0], date[0], date[1], "\(year < 70 ? 2000 + year : 1900 + year)", parts[2], parts[3]]
        } else if parts.count == 5 {
            // asctime: Sun Nov  6 08:49:37 1994
            parts = [parts[0], parts[2], parts[1], parts[4], parts[3], "GMT"]
        }
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2]) else { return nil }
        return Timestamp("\(parts[3])-\(two(month + 1))-\(two(Int(parts[1]) ?? 0))T\(parts[4])Z")?.seconds
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
