// SPDX-License-Identifier: Apache-2.0

internal import Web
internal import WebServer

/// The page at `/`. Notes are put in as text, so nothing in them is ever markup; no script runs inline.
enum NotePage {
    static let html: ServerResponse = {
        var response = ServerResponse(
            "text/html; charset=utf-8",
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Sovereign notes</title><script src="/app.js" defer></script></head>
            <body><h1>Notes</h1>
            <form id="new"><label>New note <input id="content" maxlength="2000" required></label> <button>Add</button></form>
            <ul id="notes"></ul></body></html>

            """)
        response.headers["Content-Security-Policy"] =
            "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    }()

    static let script = ServerResponse(
        "text/javascript; charset=utf-8",
        """
        const list = document.getElementById("notes");
        async function show() {
          const notes = await (await fetch("/notes")).json();
          list.replaceChildren(...notes.map((note) => {
            const item = document.createElement("li");
            item.textContent = `${note.created_at}  ${note.content}`;
            return item;
          }));
        }
        document.getElementById("new").addEventListener("submit", async (event) => {
          event.preventDefault();
          const field = document.getElementById("content");
          await fetch("/notes", { method: "POST", body: JSON.stringify({ content: field.value }) });
          field.value = "";
          show();
        });
        show();

        """)
}
