// SPDX-License-Identifier: Apache-2.0

import Chronology
import TestInputs
import Testing

@Suite("TimeZoneRules") struct TimeZoneRulesTests {
    /// The tests of real zones need Debian's package tzdata.
    static let hasDatabase = TimeZoneRules(named: "Europe/Berlin") != nil

    @Test(
        "knows the zones of the database, before, within and after their tables", .enabled(if: hasDatabase),
        arguments: [
            ("Australia/Sydney", "2009-02-13T23:31:30Z", 39600),
            ("Australia/Sydney", "2009-07-01T00:00:00Z", 36000),
            ("Australia/Sydney", "2060-01-15T00:00:00Z", 39600),
            ("Australia/Sydney", "2060-07-15T00:00:00Z", 36000),
            ("US/Central", "2009-02-13T23:31:30Z", -21600),
            ("US/Central", "2024-03-10T07:59:59Z", -21600),
            ("US/Central", "2024-03-10T08:00:00Z", -18000),
            ("US/Central", "2099-07-01T00:00:00Z", -18000),
            ("America/St_Johns", "2009-02-13T23:31:30Z", -12600),
            ("America/St_Johns", "2009-07-13T00:00:00Z", -9000),
            ("America/St_Johns", "2071-12-31T00:00:00Z", -12600),
            ("Asia/Kathmandu", "2009-02-13T23:31:30Z", 20700),
            ("Asia/Kathmandu", "1980-01-01T00:00:00Z", 19800),
            ("Asia/Kathmandu", "2100-01-01T00:00:00Z", 20700),
            ("America/Los_Angeles", "2009-02-13T23:31:30Z", -28800),
            ("America/Los_Angeles", "2024-11-03T08:59:59Z", -25200),
            ("America/Los_Angeles", "2024-11-03T09:00:00Z", -28800),
            ("America/Los_Angeles", "2500-08-01T00:00:00Z", -25200),
            ("America/Los_Angeles", "1800-01-01T00:00:00Z", -28378),
            ("Europe/Berlin", "2038-01-19T03:14:08Z", 3600),
            ("Europe/Berlin", "2050-03-27T00:59:59Z", 3600),
            ("Europe/Berlin", "2050-03-27T01:00:00Z", 7200),
            ("Europe/Berlin", "2050-10-30T00:59:59Z", 7200),
            ("Europe/Berlin", "2050-10-30T01:00:00Z", 3600),
            ("Europe/Berlin", "1890-01-01T00:00:00Z", 3208),
            ("Europe/Dublin", "2040-01-01T00:00:00Z", 0),
            ("Europe/Dublin", "2040-07-01T00:00:00Z", 3600),
            ("Etc/GMT-14", "2024-01-01T00:00:00Z", 50400),
        ])
    func database(name: String, moment: String, offset: Int) throws {
        let moment = try #require(Moment(rfc3339: moment))
        let rules = try #require(TimeZoneRules.find(name))
        #expect(rules.offsetSeconds(at: moment.seconds) == offset)
        #expect(TimeZoneRules.find(name)?.offsetSeconds(at: moment.seconds) == offset)
        #expect(moment.civil(in: rules) == moment.civil(offsetSeconds: offset))
    }

    @Test(
        "reads fixed offsets, with or without a sign",
        arguments: [
            ("02:00", 7200), ("+02:30", 9000), ("-02:30", -9000), ("-00:30", -1800), ("-00:00", 0), ("23:59", 86_340),
        ])
    func offsets(text: String, seconds: Int) {
        #expect(TimeZoneRules(offset: text)?.offsetSeconds(at: 0) == seconds)
        #expect(TimeZoneRules.find(text)?.offsetSeconds(at: 0) == seconds)
    }

    @Test("UTC needs no database", arguments: ["", "UTC"]) func utc(name: String) {
        #expect(TimeZoneRules(named: name, folder: "/nowhere")?.offsetSeconds(at: 1_000_000_000) == 0)
    }

    @Test(
        "refuses names that are none, that lead elsewhere, and files that are no zones",
        arguments: [
            "Nowhere/Land", "..", "../zoneinfo/UTC", "Europe/../UTC", "/etc/localtime", "/UTC", "Europe", "Europe/",
            "Europe//Berlin", "./UTC", "tzdata.zi", "zone.tab", "Europe/Berlin\0", "Eur\\ope", "Ünited", " UTC",
            "24:00", "2:00", "02:60", "0200", "++02:00", "02:00 ", "Local",
        ])
    func refuses(name: String) { #expect(TimeZoneRules.find(name) == nil) }

    @Test(
        "follows the table, then the yearly rule",
        arguments: [
            (Int64.min, 3600), (999, 3600), (1_000, 7200), (1_999, 7200), (2_000, 3600), (1_711_846_799, 3600),
            (1_711_846_800, 7200), (1_729_990_799, 7200), (1_729_990_800, 3600), (.max, 3600),
        ])
    func table(seconds: Int64, offset: Int) throws {
        #expect(try #require(TimeZoneRules(tzif: ZoneSample().bytes)).offsetSeconds(at: seconds) == offset)
    }

    @Test(
        "understands every kind of rule",
        arguments: [
            ("EST5", "2024-07-01T00:00:00Z", -18_000), ("<+0545>-5:45", "2024-07-01T00:00:00Z", 20_700),
            // Leap years: J60 is always the 1st of March, 60 is the 29th of February or the 1st of March.
            ("AAA0BBB,J60/0,J365", "2024-02-29T23:59:59Z", 0), ("AAA0BBB,J60/0,J365", "2024-03-01T00:00:00Z", 3600),
            ("AAA0BBB,59/0,300", "2024-02-28T23:59:59Z", 0), ("AAA0BBB,59/0,300", "2024-02-29T00:00:00Z", 3600),
            ("AAA0BBB,59/0,300", "2023-03-01T00:00:00Z", 3600),
            // Summer over New Year, summer without end, negative summer, and times before and after their day.
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2023-12-31T23:59:59Z", 39_600),
            ("XXX3EDT4,0/0,J365/23", "2024-01-01T03:00:00Z", -14_400),
            ("XXX3EDT4,0/0,J365/23", "2024-07-01T00:00:00Z", -14_400),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-01-01T00:00:00Z", 0),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z", -7200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T01:00:00Z", -3600),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2024-03-29T00:00:00Z", 10_800),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2024-03-28T23:59:59Z", 7200),
        ])
    func rules(footer: String, moment: String, offset: Int) throws {
        let rules = try #require(TimeZoneRules(tzif: ZoneSample(transitions: [], footer: footer).bytes))
        #expect(rules.offsetSeconds(at: try #require(Moment(rfc3339: moment)).seconds) == offset)
    }

    @Test(
        "refuses rules that are none",
        arguments: [
            "CET", "C-1", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
            "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J365", "CET-1CEST,0,366",
            "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x", "<CET-1", "<>-1", "CET-1:60",
        ])
    func badRules(footer: String) { #expect(TimeZoneRules(tzif: ZoneSample(footer: footer).bytes) == nil) }

    @Test("refuses unsound files") func unsound() {
        #expect(TimeZoneRules(tzif: []) == nil)
        #expect(TimeZoneRules(tzif: ZoneSample(version: 0).bytes) == nil)
        #expect(TimeZoneRules(tzif: ZoneSample(transitions: [(5, 0), (5, 1)]).bytes) == nil)
        #expect(TimeZoneRules(tzif: ZoneSample(transitions: [(5, 2)]).bytes) == nil)
        #expect(TimeZoneRules(tzif: ZoneSample(transitions: [], offsets: []).bytes) == nil)
        #expect(TimeZoneRules(tzif: ZoneSample(offsets: [100_000, 0]).bytes) == nil)
        #expect(TimeZoneRules(tzif: ZoneSample(leaps: 1).bytes) == nil)
        for count in 0..<ZoneSample().bytes.count {
            #expect(TimeZoneRules(tzif: Array(ZoneSample().bytes.prefix(count))) == nil)
        }
    }

    @Test("damaged files are refused or give offsets within a day and two hours") func damaged() {
        var mutator = ByteMutator(
            samples: [
                ZoneSample().bytes, ZoneSample(transitions: [], footer: "").bytes,
                ZoneSample(footer: "XXX3EDT4,0/0,J365/23").bytes,
            ], tokens: ["TZif", "\n", ",M3.5.0/-167", "J365", "<A>"], seed: 3)
        var accepted = 0
        for _ in 0..<20_000 {
            guard let rules = TimeZoneRules(tzif: mutator.next()) else { continue }
            accepted += 1
            for seconds in [Int64.min, -1, 0, 1_500, 1_700_000_000, .max] {
                #expect(abs(rules.offsetSeconds(at: seconds)) <= 93_600)
            }
        }
        #expect(accepted > 1_000)
    }
}
