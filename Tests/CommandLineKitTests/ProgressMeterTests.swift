// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import CommandLineKit

/// Everything here happens at moments that the test chooses.
@Suite("Progress by an own clock") struct ProgressMeterTests {
    /// A clock that shows what it is told.
    private final class SetClock: Clock, Sendable {
        struct Instant: InstantProtocol {
            let offset: Duration
            func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
            func duration(to other: Instant) -> Duration { other.offset - offset }
            static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
        }
        let time = Guarded(Duration.zero)
        var now: Instant { Instant(offset: time.withLock { $0 }) }
        var minimumResolution: Duration { .nanoseconds(1) }
        func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    /// A terminal whose width can change.
    private final class Screen: Sendable {
        let text = Guarded("")
        let width: Guarded<Int>
        let terminal: Terminal

        init(width: Int = 100, height: Int = 10) {
            let text = text, columns = Guarded(width)
            self.width = columns
            terminal = Terminal(
                width: columns.withLock { $0 }, height: height, isTTY: true, output: { _ in nil },
                error: { bytes in text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } })
        }
        /// What was written since the last call.
        func take() -> String {
            text.withLock { text in
                defer { text = "" }
                return text
            }
        }
        var lines: [String] { take().replacing("\r\u{1B}[K", with: "").split(separator: "\n").map(String.init) }
    }

    @Test("a line of totals and one for each item, with speed and time left")
    func bars() {
        let clock = SetClock(), screen = Screen()
        let meter = ProgressMeter(.tty, screen.terminal, clock: clock)
        meter.take(.planned(items: 2, bytes: 40 << 20, text: "two things"))
        meter.take(.started(id: "1", name: "first", bytes: 20 << 20))
        meter.take(.started(id: "2", name: "second", bytes: nil))
        meter.take(.moved(id: "1", bytes: 5 << 20))
        meter.take(.moved(id: "2", bytes: 3 << 20))
        clock.advance(.seconds(1))
        meter.tick()
        #expect(
            screen.lines == [
                "8.00 MiB / 40.0 MiB  20%  8.00 MiB/s  ETA 4s  0/2",
                "  [=====               ]   25%  5.00 MiB/s    ETA 3s      first",
                "  3.00 MiB    3.00 MiB/s    second",
            ])
        meter.end()
        #expect(screen.take() == "\r\u{1B}[2A\u{1B}[J")
    }

    @Test("a speed that jumps is smoothed, and one that stays is shown as it is")
    func smoothing() {
        var rate = SmoothedRate(at: 0)
        rate.update(100, at: 1)
        #expect(rate.bytesPerSecond == 100)
        rate.update(100, at: 2)
        #expect(rate.bytesPerSecond == 75)
        for second in 3...60 { rate.update(Int64(second) * 50, at: Double(second)) }
        #expect((45...55).contains(rate.bytesPerSecond))
        // Looked at twice in a moment, it stays.
        let before = rate.bytesPerSecond
        rate.update(1 << 40, at: 60.01)
        #expect(rate.bytesPerSecond == before)
    }

    @Test(
        "time left is said as people say it",
        arguments: [
            (5, "5s"), (59, "59s"), (60, "1m00s"), (187, "3m07s"), (7500, "2h05m"), (400_000, nil), (0, nil),
        ] as [(Int64, String?)])
    func remaining(_ seconds: Int64, _ text: String?) {
        var rate = SmoothedRate(at: 0)
        rate.update(1000, at: 1)
        #expect(rate.remaining(seconds * 1000) == text)
    }

    @Test("no more lines than the screen has, whatever is under way", arguments: [2, 3, 5, 10])
    func height(_ height: Int) {
        let clock = SetClock(), screen = Screen(height: height)
        let meter = ProgressMeter(.tty, screen.terminal, clock: clock)
        for index in 0..<30 { meter.take(.started(id: "\(index)", name: "item \(index)", bytes: 100)) }
        clock.advance(.seconds(1))
        meter.tick()
        let lines = screen.lines
        #expect(lines.count == min(height - 1, 31))
        if height > 2 { #expect(lines.last == "  and \(30 - (height - 3)) more") }
    }

    @Test(
        "no line is wider than the terminal, and one that has become narrower is erased as it shows",
        arguments: [20, 39, 59, 60, 79, 80, 200])
    func width(_ width: Int) {
        let clock = SetClock(), screen = Screen(width: width)
        let meter = ProgressMeter(.tty, screen.terminal, clock: clock)
        meter.take(.planned(items: 1, bytes: 1 << 30, text: ""))
        meter.take(.started(id: "1", name: String(repeating: "a long name 字 ", count: 20), bytes: 1 << 30))
        clock.advance(.seconds(1))
        meter.tick()
        let lines = screen.lines
        #expect(lines.count == 2 && lines.allSatisfy { $0.displayWidth < width })
        screen.width.withLock { $0 = 10 }
        let rows = lines.reduce(0) { $0 + ($1.displayWidth + 9) / 10 }
        meter.end()
        #expect(screen.take() == "\r\u{1B}[\(rows - 1)A\u{1B}[J")
    }

    @Test("plain tells what begins, at most a line a second, and what there is at the end")
    func plain() {
        let clock = SetClock(), screen = Screen()
        let meter = ProgressMeter(.plain, screen.terminal, clock: clock)
        meter.take(.planned(items: 1, bytes: 4096, text: "1 thing, 4 KiB"))
        meter.take(.started(id: "1", name: "thing", bytes: 4096))
        #expect(screen.take() == "")
        for _ in 0..<2 {
            clock.advance(.seconds(1))
            meter.take(.moved(id: "1", bytes: 1024))
            meter.tick()
        }
        clock.advance(.seconds(1))
        meter.take(.moved(id: "1", bytes: 2048))
        meter.take(.finished(id: "1"))
        meter.end()
        #expect(
            screen.take() == """
                1 thing, 4 KiB
                1.00 KiB / 4.00 KiB  25%  1.00 KiB/s  ETA 3s  0/1  thing
                2.00 KiB / 4.00 KiB  50%  1.00 KiB/s  ETA 2s  0/1  thing
                4.00 KiB / 4.00 KiB  100%  1.25 KiB/s  1/1

                """)
    }

    @Test("work that is over within a second says nothing in plain")
    func short() {
        let screen = Screen()
        let meter = ProgressMeter(.plain, screen.terminal, clock: SetClock())
        meter.take(.planned(items: 1, bytes: 4096, text: "1 thing"))
        meter.take(.started(id: "1", name: "thing", bytes: 4096))
        meter.take(.finished(id: "1"))
        meter.end()
        #expect(screen.take() == "")
    }

    private static let failure = Fault(
        .unavailable, "GET of a blob failed", fix: "try it later", cause: Fault(.system, "connection \u{1B}reset"))

    @Test("a failure names the item, the attempt, the cause and what helps; the next attempt starts at its beginning")
    func failures() {
        let clock = SetClock(), screen = Screen()
        let meter = ProgressMeter(.plain, screen.terminal, clock: clock)
        meter.take(.planned(items: 1, bytes: 100, text: ""))
        meter.take(.started(id: "put7", name: "“image” of acme.org/app:1.0.0", bytes: 100))
        meter.take(.moved(id: "put7", bytes: 60))
        meter.take(.failed(id: "put7", ProgressFailure(Self.failure, attempt: 1, isFinal: false)))
        meter.take(.started(id: "put7", name: "“image” of acme.org/app:1.0.0", bytes: 100))
        meter.take(.moved(id: "put7", bytes: 20))
        clock.advance(.seconds(1))
        meter.tick()
        meter.take(.failed(id: "put7", ProgressFailure(Self.failure, attempt: 2)))
        #expect(
            screen.take() == """
                trying again: “image” of acme.org/app:1.0.0 (attempt 1): GET of a blob failed
                  cause: connection \u{FFFD}reset
                  fix:   try it later
                20 B / 100 B  20%  20 B/s  ETA 4s  0/1  “image” of acme.org/app:1.0.0
                failed: “image” of acme.org/app:1.0.0 (attempt 2): GET of a blob failed
                  cause: connection \u{FFFD}reset
                  fix:   try it later

                """)
    }

    @Test("a failure as JSON has all parts, and bytes not told yet come before it")
    func json() {
        let screen = Screen()
        let meter = ProgressMeter(.json, screen.terminal, clock: SetClock())
        meter.take(.moved(id: "1", bytes: 5))
        meter.take(.failed(id: "1", ProgressFailure(Self.failure, attempt: 3)))
        meter.take(.note("done"))
        #expect(
            screen.lines == [
                #"{"event":"moved","id":"1","bytes":5}"#,
                #"{"event":"failed","id":"1","attempt":3,"final":true,"code":"unavailable","#
                    + #""message":"GET of a blob failed","causes":["connection \u001breset"],"fix":"try it later"}"#,
                #"{"event":"note","message":"done"}"#,
            ])
    }
}
