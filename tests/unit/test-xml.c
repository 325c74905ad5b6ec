/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

#include <csvc/policy.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/parts.h"
#include "xml/xml.h"

static void passes_the_gate (void);
static void stops_at_the_gate (void);
static void counts_lines (void);
static void refuses_hostile_documents (void);
static void bounds_its_work (void);
static void fetches_nothing (void);
static void reads_files (void);
static void joins_includes (void);
static void refuses_includes_of_texts (void);
static void limits_includes (void);
static void writes_what_it_reads (void);
static void hashes_content_only (void);
static void keeps_hosts_errors (void);

static CU_TestInfo tests[] = {
  { "passes-the-gate", passes_the_gate },
  { "stops-at-the-gate", stops_at_the_gate },
  { "counts-lines", counts_lines },
  { "refuses-hostile-documents", refuses_hostile_documents },
  { "bounds-its-work", bounds_its_work },
  { "fetches-nothing", fetches_nothing },
  { "reads-files", reads_files },
  { "joins-includes", joins_includes },
  { "refuses-includes-of-texts", refuses_includes_of_texts },
  { "limits-includes", limits_includes },
  { "writes-what-it-reads", writes_what_it_reads },
  { "hashes-content-only", hashes_content_only },
  { "keeps-hosts-errors", keeps_hosts_errors },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_xml = { "xml", tests };

#define HEAD "<policy xmlns=\"urn:csvc:policy:1\" id=\"p\" version=\"1\" zone=\"UTC\">"
#define CASE "<case id=\"c\"><final id=\"end\"/></case>"
#define SMALL HEAD CASE "</policy>"

/* ── the gate ── */

static const CsvcGateCaps small_caps = { .max_bytes = 200, .max_depth = 3, .max_attributes = 2, .max_markup = 40, .max_elements = 4 };

static guint
gate (const char *text, gssize length, guint *line)
{
  CsvcGateFault fault = { 0 };
  gboolean passed = _csvc_xml_gate (text, length < 0 ? strlen (text) : (gsize) length, &small_caps, NULL, &fault);

  if (line != NULL)
    *line = fault.line;
  return passed ? 0 : fault.number;
}

static void
passes_the_gate (void)
{
  static const char *const texts[] = {
    "", "no markup at all", "<a/>", "<a><b><c/></b></a>", "<?xml version='1.0' encoding='utf-8'?><a/>", "\xEF\xBB\xBF<a/>",
    "<a b='>' c=\"'<'\"/>", "<!-- > -- <a <b <c --><a/>", "<a><![CDATA[<b></c>]]></a>", "<?pi <a <b ?><a/>", "<a\n\n>x</a>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    CSVC_ASSERT_TRUE (gate (texts[i], -1, NULL) == 0, "%s", texts[i]);
}

static void
stops_at_the_gate (void)
{
  static const struct {
    const char *text;
    guint       number, line;
  } cases[] = {
    { "<a>\n<!DOCTYPE x>", 103, 2 },
    { "<a/>\n\n<!ENTITY x \"y\">", 103, 3 },
    { "<![INCLUDE[x]]>", 103, 1 },
    { "<?xml version='1.0' encoding='GB18030'?><a/>", 104, 1 },
    { "<a>\n\xff</a>", 104, 2 },
    { "\xff\xfe<\0a\0", 104, 1 },
    { "<a>\xed\xa0\x80</a>", 104, 1 },
    { "<a><b><c>\n<d>", 105, 2 },
    { "<a b='1' c='2'\n d='3'/>", 105, 1 },
    { "<a/><a/><a/><a/>\n<a/>", 105, 2 },
    { "<a bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb='1'/>", 105, 1 },
    { "<!-- 0123456789012345678901234567890123456789 -->", 105, 1 },
    { "<a", 102, 1 },
    { "<a b='", 102, 1 },
    { "<", 102, 1 },
    { "</a>", 102, 1 },
    { "<a/>\n</", 102, 2 },
    { "<!--", 102, 1 },
    { "<!-->", 102, 1 },
    { "<![CDATA[ ]]", 102, 1 },
    { "<?x", 102, 1 },
    { "<?xml version='1.0'", 102, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint line, number = gate (cases[i].text, -1, &line);

      CSVC_ASSERT_TRUE (number == cases[i].number && line == cases[i].line, "%s: CSVC-%u in line %u", cases[i].text, number, line);
    }
  CSVC_ASSERT_UINT (gate ("<a>\0</a>", 8, NULL), 104);
  CSVC_ASSERT_UINT (gate ("", 0, NULL), 0);
}

static void
counts_lines (void)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint));
  CsvcGateFault fault;
  const char *text = "<?xml version='1.0'?>\n<a\n  b='1'\n  c='2'>\n<!--\n<x/>\n--><d/>\n\n<e\n/></a>\n";

  CSVC_ASSERT_TRUE (_csvc_xml_gate (text, strlen (text), &_csvc_policy_caps, lines, &fault), "%s", fault.message);
  CSVC_ASSERT_UINT (lines->len, 3);
  CSVC_ASSERT_UINT (g_array_index (lines, guint, 0), 2);
  CSVC_ASSERT_UINT (g_array_index (lines, guint, 1), 7);
  CSVC_ASSERT_UINT (g_array_index (lines, guint, 2), 9);
}

/* ── hostile documents ── */

/* TRUE when the only fault is @number. */
static gboolean
is_refused_with (const char *text, gsize length, guint number)
{
  g_autoptr (CsvcDiagnostics) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (text, (gssize) length, "hostile.xml", &found, &error);

  return policy == NULL && g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY) && csvc_diagnostics_get_size (found) == 1
         && csvc_diagnostic_get_number (csvc_diagnostics_get (found, 0)) == number;
}

/* @head, then n times @before, its number and @after, then @tail. */
static char *
repeat (const char *head, const char *before, guint n, const char *after, const char *tail)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%u%s", before, i, after);
  g_string_append (text, tail);
  return g_string_free (text, FALSE);
}

static void
refuses_hostile_documents (void)
{
  static const struct {
    const char *what, *text;
    guint       number;
  } cases[] = {
    { "billion laughs", "<!DOCTYPE p [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><policy>&b;</policy>", 103 },
    { "external entity", "<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><policy>&x;</policy>", 103 },
    { "external subset", "<!DOCTYPE policy SYSTEM 'http://127.0.0.1:1/x.dtd'>" SMALL, 103 },
    { "parameter entity", "<!DOCTYPE p [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/x'> %x;]>" SMALL, 103 },
    { "undefined entity", HEAD "<case id='c' label='&x;'/></policy>", 102 },
    { "character NUL", HEAD "<case id='c' label='&#0;'/></policy>", 102 },
    { "UTF-7", "<?xml version='1.0' encoding='UTF-7'?>+ADw-policy+AD4-", 104 },
    { "attribute twice", HEAD "<case id='c' id='d'/></policy>", 102 },
    { "unbound prefix", HEAD "<x:case/></policy>", 102 },
    { "two roots", SMALL SMALL, 102 },
    { "nothing", "", 102 },
    { "no XML", "SQLite format 3", 102 },
    { "other policy", "<policy xmlns='urn:csvc:policy:2' id='p' version='1' zone='UTC'/>", 112 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    CSVC_ASSERT_TRUE (is_refused_with (cases[i].text, strlen (cases[i].text), cases[i].number), "%s", cases[i].what);
  CSVC_ASSERT_TRUE (is_refused_with ("\xff\xfe<\0?\0x\0m\0l\0", 12, 104), "UTF-16");
  CSVC_ASSERT_TRUE (is_refused_with (SMALL "\0<x/>", sizeof (SMALL) + 4, 104), "NUL in the middle");
}

/* Each is read in milliseconds; a sanitizer on a slow machine may take longer, but nowhere near what quadratic work would. */
static void
bounds_its_work (void)
{
  static const struct {
    const char *what, *head, *before, *after, *tail;
    guint       n, number;
  } cases[] = {
    { "200,000 attributes", "<policy ", "a", "='1' ", "/>", 200000, 105 },
    { "deep nesting", "<policy>", "<s", ">", "", 400000, 105 },
    { "400,000 names", HEAD, "<x", "/>", "</policy>", 400000, 105 },
    { "a huge document", "<policy>", "<!-- ", " ................................................................ -->", "</policy>", 120000, 105 },
    { "a huge attribute", "<policy id='", "", "", "'/>", 200000, 105 },
    { "an endless comment", "<!--", "", "", "", 200000, 102 },
    { "unfinished comments", "", "<!-- ", "", "", 200000, 102 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = repeat (cases[i].head, cases[i].before, cases[i].n, cases[i].after, cases[i].tail);
      gint64 start = g_get_monotonic_time (), took;

      CSVC_ASSERT_TRUE (is_refused_with (text, strlen (text), cases[i].number), "%s", cases[i].what);
      took = g_get_monotonic_time () - start;
      CSVC_ASSERT_TRUE (took < 2 * G_USEC_PER_SEC, "%s took %" G_GINT64_FORMAT " us", cases[i].what, took);
    }
}

/* A FIFO that nobody writes: whoever opened it to read would hang, and the alarm of the test driver would tell. */
static void
fetches_nothing (void)
{
  const char *trap = csvc_test_path ("trap.xsd");
  g_autofree char *uri = g_filename_to_uri (trap, NULL, NULL);
  g_autofree char *schema = g_strdup_printf ("<policy xmlns='urn:csvc:policy:1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
                                             "xsi:schemaLocation='urn:other %s' id='p' version='1' zone='UTC'>" CASE "</policy>", uri);
  g_autofree char *entity = g_strdup_printf ("<!DOCTYPE p SYSTEM '%s'>" SMALL, uri);

  CSVC_ASSERT_INT (mkfifo (trap, 0600), 0);
  CSVC_ASSERT_TRUE (is_refused_with (schema, strlen (schema), 107), "a schema of the document's own");
  CSVC_ASSERT_TRUE (is_refused_with (entity, strlen (entity), 103), "a document type");
}

/* ── files ── */

static void
check_load_error (const char *path, CsvcErrorCode code, const char *text)
{
  g_autoptr (CsvcDiagnostics) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (path, &found, &error);

  CU_ASSERT_PTR_NULL (policy);
  csvc_assert_error (error, CSVC_ERROR, code, text);
  CU_ASSERT_PTR_NOT_NULL (found);
}

static void
reads_files (void)
{
  const char *good = csvc_test_write ("good.xml", SMALL), *bad = csvc_test_write ("bad.xml", "<policy/>");
  const char *huge = csvc_test_write ("huge.xml", ""), *fifo = csvc_test_path ("fifo.xml");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (good, NULL, &error);

  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (policy != NULL ? csvc_policy_get_id (policy) : "", "p");
  check_load_error (bad, CSVC_ERROR_POLICY, "bad.xml:1: error CSVC-112");
  check_load_error (csvc_test_path ("none.xml"), CSVC_ERROR_NOT_FOUND, "none.xml");
  check_load_error (csvc_test_dir (), CSVC_ERROR_IO, "not a regular file");
  CSVC_ASSERT_INT (truncate (huge, 9 << 20), 0);
  check_load_error (huge, CSVC_ERROR_LIMIT, "too large");
  CSVC_ASSERT_INT (mkfifo (fifo, 0600), 0);
  check_load_error (fifo, CSVC_ERROR_IO, "not a regular file");
}

/* ── includes ── */

#define PART "<part xmlns=\"urn:csvc:policy:1\">"

static void
joins_includes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) joined = NULL, whole = NULL;
  const char *main = csvc_test_write ("main.xml", HEAD "<include href='roles.xml'/>" CASE "<include href='labels.xml'/></policy>");
  const CsvcPart *part;

  csvc_test_write ("roles.xml", PART "\n<roles><role id='a'/></roles>\n<include href='more.xml'/></part>");
  csvc_test_write ("more.xml", PART "\n\n\n<roles><role id='b'/></roles></part>");
  csvc_test_write ("labels.xml", PART "<labels lang='fr'><label for='role.b' text='B!'/></labels></part>");
  joined = csvc_policy_load_file (main, NULL, &error);
  csvc_assert_no_error (error);
  if (joined == NULL)
    return;

  part = csvc_role_get_part (csvc_policy_find_role (joined, "b"));
  CSVC_ASSERT_TRUE (g_str_has_suffix (csvc_part_get_file (part), "/more.xml"), "%s", csvc_part_get_file (part));
  CSVC_ASSERT_UINT (csvc_part_get_line (part), 4);
  CSVC_ASSERT_STRING (csvc_part_get_label (part, "fr"), "B!");
  CSVC_ASSERT_STRING (csvc_part_get_label (part, "de"), "b");

  whole = csvc_policy_load_text (HEAD "<roles><role id='a'/></roles><roles><role id='b'/></roles>" CASE
                                      "<labels lang='fr'><label for='role.b' text='B!'/></labels></policy>", -1, "whole.xml", NULL, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (csvc_policy_get_hash (joined), csvc_policy_get_hash (whole));
}

static void
refuses_includes_of_texts (void)
{
  const char *text = HEAD "<include href='roles.xml'/>" CASE "</policy>";

  CSVC_ASSERT_TRUE (is_refused_with (text, strlen (text), 116), "%s", text);
}

static void
limits_includes (void)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  g_autoptr (CsvcDiagnostics) found = NULL;
  g_autoptr (CsvcPolicy) policy = NULL;

  for (guint i = 0; i < 70; i++)
    {
      g_autofree char *name = g_strdup_printf ("part%u.xml", i);

      csvc_test_write (name, PART "</part>");
      g_string_append_printf (text, "<include href='%s'/>\n", name);
    }
  g_string_append (text, CASE "</policy>");
  policy = csvc_policy_load_file (csvc_test_write ("main.xml", text->str), &found, NULL);
  CU_ASSERT_PTR_NULL (policy);
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (found), 7); /* 63 beside the first one */
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (found, 0)), 117);
}

/* ── writing ── */

static void
check_round_trip (const char *name)
{
  g_autofree char *path = g_strdup (csvc_test_source (name)), *written = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (path, NULL, &error);
  g_autoptr (CsvcPolicy) copy = NULL;

  csvc_assert_no_error (error);
  if (policy == NULL)
    return;
  written = csvc_policy_to_xml (policy);
  copy = csvc_policy_load_text (written, -1, "written.xml", NULL, &error);
  csvc_assert_no_error (error);
  if (copy == NULL)
    return;
  again = csvc_policy_to_xml (copy);
  CSVC_ASSERT_STRING (again, written);
  CSVC_ASSERT_STRING (csvc_policy_get_hash (copy), csvc_policy_get_hash (policy));
}

/* A text that passes the gate as it is and would not when its quotes are escaped. */
static void
check_growing (void)
{
  g_autofree char *quotes = g_strnfill (20000, '"');
  g_autofree char *text = g_strdup_printf (HEAD "<case id='c' label='%s'><final id='end'/></case></policy>", quotes);

  CSVC_ASSERT_TRUE (is_refused_with (text, strlen (text), 105), "20,000 quotes, 120,000 when escaped");
}

static void
writes_what_it_reads (void)
{
  check_growing ();
  check_round_trip ("data/policies/telecom.xml");
  check_round_trip ("data/policies/incident.xml");
}

static char *
hash_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (text, -1, "hashed.xml", NULL, &error);

  csvc_assert_no_error (error);
  return g_strdup (policy != NULL ? csvc_policy_get_hash (policy) : "");
}

static void
hashes_content_only (void)
{
  static const char *const same[] = {
    "<?xml version='1.0'?>\n" HEAD "\n  " CASE "\n</policy>\n",
    "<!-- a comment -->" HEAD "<case id='c'><!-- here --><final id='end'></final></case></policy><!-- there -->",
    "<x:policy xmlns:x='urn:csvc:policy:1' id='p' version='1' zone='UTC'><x:case id='&#99;'><x:final id='end'/></x:case></x:policy>",
  };
  static const char *const different[] = {
    "<policy xmlns='urn:csvc:policy:1' id='p' version='2' zone='UTC'>" CASE "</policy>",
    HEAD "<case id='c'><final id='end' label='&quot;&lt;&amp;&#9;&#10;'/></case></policy>",
    HEAD "<case id='c'><final id='end' label='&quot;&lt;&amp;&#9; '/></case></policy>",
  };
  g_autofree char *hash = hash_of (SMALL);

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *other = hash_of (same[i]);

      CSVC_ASSERT_STRING (other, hash);
    }
  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    {
      g_autofree char *other = hash_of (different[i]);

      CSVC_ASSERT_TRUE (strcmp (other, hash) != 0, "%s has the hash of another policy", different[i]);
      g_free (hash);
      hash = g_strdup (other);
    }
}

/* ── the host's libxml2 ── */

static guint n_heard;

static void
hear_text (void *data, const char *format, ...)
{
  n_heard++;
}

static void
hear_error (void *data, xmlErrorPtr error)
{
  n_heard++;
}

/* A host that uses libxml2 too keeps its handlers and its settings, and hears nothing of our documents. */
static void
keeps_hosts_errors (void)
{
  static const char *const texts[] = { SMALL, "<policy", "<policy/>", HEAD "<case id='a b'><x/></case></policy>", HEAD "<a></b></policy>" };
  int keep = xmlKeepBlanksDefault (0), entities = xmlSubstituteEntitiesDefault (1);

  xmlSetGenericErrorFunc (NULL, hear_text);
  xmlSetStructuredErrorFunc (&n_heard, hear_error);
  n_heard = 0;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    csvc_policy_unref (csvc_policy_load_text (texts[i], -1, "x.xml", NULL, NULL));
  CSVC_ASSERT_UINT (n_heard, 0);
  CU_ASSERT_TRUE (xmlGenericError == hear_text && xmlStructuredError == hear_error && xmlStructuredErrorContext == &n_heard);
  CSVC_ASSERT_INT (xmlKeepBlanksDefault (keep), 0);
  CSVC_ASSERT_INT (xmlSubstituteEntitiesDefault (entities), 1);
  xmlSetGenericErrorFunc (NULL, NULL);
  xmlSetStructuredErrorFunc (NULL, NULL);
}
