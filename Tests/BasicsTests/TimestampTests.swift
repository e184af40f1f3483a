// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Timestamp") struct TimestampTests {
    @Test(
        "reads and writes RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", Int64(0)), ("2022-01-01T00:00:00Z", 1_640_995_200),
            ("2024-02-29T23:59:59Z", 1_709_251_199), ("1969-12-31T23:59:59Z", -1),
        ])
    func roundTrip(text: String, seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test("accepts offsets and fractions") func offsets() {
        #expect(Timestamp("2022-01-01T01:00:00.123+01:00")?.seconds == 1_640_995_200)
    }

    @Test(
        "refuses what is no moment",
        arguments: ["", "2022-01-01", "2022-13-01T00:00:00Z", "2022-01-01T00:00:00", "2022-01-01T00:00:00Zx"])
    func refuses(text: String) { #expect(Timestamp(text) == nil) }
}
