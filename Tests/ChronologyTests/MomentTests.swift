// SPDX-License-Identifier: Apache-2.0

import Chronology
import TestInputs
import Testing

@Suite("Moment") struct MomentTests {
    @Test(
        "reads RFC 3339 and writes it back",
        arguments: [
            ("1970-01-01T00:00:00Z", Int64(0), Int32(0)), ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
            ("2024-02-29T23:59:59Z", 1_709_251_199, 0), ("2022-01-01T01:00:00+01:00", 1_640_995_200, 0),
            ("2021-12-31T20:30:00.12-03:30", 1_640_995_200, 120_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0), ("0000-12-31T23:00:00-01:00", -62_135_596_800, 0),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
            ("2000-02-29T12:00:00.000000001+23:59", 951_739_260, 1),
        ])
    func roundTrip(text: String, seconds: Int64, nanoseconds: Int32) throws {
        let moment = try #require(Moment(rfc3339: text))
        #expect(moment.seconds == seconds)
        #expect(moment.nanoseconds == nanoseconds)
        #expect(moment.description == text)
    }

    @Test(
        "writes the shortest form",
        arguments: [
            ("2022-01-01T00:00:00.000Z", "2022-01-01T00:00:00Z"),
            ("2022-01-01T00:00:00.120000000+00:00", "2022-01-01T00:00:00.12Z"),
            ("2022-01-01T00:00:00-00:00", "2022-01-01T00:00:00Z"),
        ])
    func shortens(text: String, shortest: String) { #expect(Moment(rfc3339: text)?.description == shortest) }

    @Test(
        "refuses what is no strict RFC 3339",
        arguments: [
            "", "2022-01-01", "2022-01-01T00:00:00", "2022-01-01t00:00:00Z", "2022-01-01T00:00:00z",
            "2022-01-01 00:00:00Z", "2022-13-01T00:00:00Z", "2022-00-01T00:00:00Z", "2022-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2022-04-31T00:00:00Z", "2022-01-00T00:00:00Z",
            "2022-01-01T24:00:00Z", "2022-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "2022-01-01T00:00:00,5Z",
            "2022-01-01T00:00:00.Z", "2022-01-01T00:00:00.1234567890Z", "2022-01-01T00:00:00+0100",
            "2022-01-01T00:00:00+01", "2022-01-01T00:00:00+24:00", "2022-01-01T00:00:00+01:60",
            "2022-01-01T00:00:00Zx", "2022-01-01T00:00:00.5", "22-01-01T00:00:00Z", "02022-01-01T00:00:00Z",
            "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z",
            "２022-01-01T00:00:00Z", " 2022-01-01T00:00:00Z", "+022-01-01T00:00:00Z",
        ])
    func refuses(text: String) { #expect(Moment(rfc3339: text) == nil) }

    @Test("the offset is no part of equality, order and hash") func equality() throws {
        let here = try #require(Moment(rfc3339: "2022-01-01T01:00:00+01:00"))
        let there = try #require(Moment(rfc3339: "2022-01-01T00:00:00Z"))
        #expect(here == there)
        #expect(Set([here, there]).count == 1)
        #expect(!(here < there) && !(there < here))
        #expect(try #require(Moment(seconds: 1, nanoseconds: 1)) > #require(Moment(seconds: 1)))
    }

    @Test("parts outside their ranges make no moment") func ranges() {
        #expect(Moment(seconds: -62_135_596_801) == nil)
        #expect(Moment(seconds: 253_402_300_800) == nil)
        #expect(Moment(seconds: .max) == nil)
        #expect(Moment(seconds: 0, nanoseconds: 1_000_000_000) == nil)
        #expect(Moment(seconds: 0, nanoseconds: -1) == nil)
        #expect(Moment(seconds: 0, offsetMinutes: 1440) == nil)
    }

    @Test("moves by spans, borrows from the second, and stops at the ends of its range") func moving() throws {
        let start = try #require(Moment(rfc3339: "1970-01-01T02:00:00.25+02:00"))
        #expect(start.subtracting(TimeSpan(nanoseconds: 500_000_000))?.description == "1970-01-01T01:59:59.75+02:00")
        #expect(start.adding(TimeSpan(nanoseconds: 750_000_000))?.seconds == 1)
        #expect(start.adding(TimeSpan(nanoseconds: .min)) != nil)
        #expect(start.subtracting(TimeSpan(nanoseconds: .min)) != nil)
        let last = try #require(Moment(seconds: 253_402_300_799, nanoseconds: 999_999_999))
        #expect(last.adding(TimeSpan(nanoseconds: 1)) == nil)
        let first = try #require(Moment(seconds: -62_135_596_800))
        #expect(first.subtracting(TimeSpan(nanoseconds: 1)) == nil)
        #expect(last.since(first) == nil)
        #expect(start.since(try #require(Moment(seconds: 1))) == TimeSpan(nanoseconds: -750_000_000))
        let span = TimeSpan(nanoseconds: .max)
        #expect(start.adding(span)?.since(start) == span)
    }

    @Test(
        "shows calendar and clock",
        arguments: [
            ("2009-02-13T23:31:30.123456789Z", [2009, 2, 13, 23, 31, 30, 123_456_789, 43, 5]),
            ("2024-12-31T00:00:00Z", [2024, 12, 31, 0, 0, 0, 0, 365, 2]),
            ("0001-01-01T00:00:00Z", [1, 1, 1, 0, 0, 0, 0, 0, 1]),
            ("1969-12-28T23:59:59Z", [1969, 12, 28, 23, 59, 59, 0, 361, 0]),
        ])
    func civil(text: String, parts: [Int]) throws {
        let civil = try #require(Moment(rfc3339: text)).civil()
        #expect(
            [
                civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second, civil.nanosecond,
                civil.dayOfYear, civil.dayOfWeek,
            ] == parts)
    }

    @Test("damaged texts are refused or read as what they print") func damaged() {
        var mutator = ByteMutator(
            samples: ["2022-01-01T00:00:00Z", "2021-12-31T20:30:00.123456789-03:30"].map { Array($0.utf8) },
            tokens: ["Z", "+00:00", ".5", "29", "60"], seed: 1)
        for _ in 0..<20_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            guard let moment = Moment(rfc3339: text) else { continue }
            let again = Moment(rfc3339: moment.description)
            #expect(again == moment && again?.offsetMinutes == moment.offsetMinutes)
        }
    }
}
