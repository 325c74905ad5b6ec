/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

#include "base/time.h"

/* The file, line by line: what begins at the margin is a step, what is indented is expected of the step before it. A faulty
 * line is reported and left out, and the reading goes on. */

#define MAX_BYTES (1024 * 1024)

typedef struct {
  CsvcScenario    *scenario;
  CsvcWords        words;
  CsvcTime         now;      /* of the step before, or CSVC_NEVER */
  GHashTable      *kinds;    /* case → CsvcKind */
  const char      *latest;   /* case opened or told last */
  const char      *looked_at;/* case that expectations are about; NULL = none yet */
  char            *customer; /* the one that was named last, or NULL */
  gboolean         is_lost;  /* the step before was faulty: what is expected of it is not looked at */
  CsvcDiagnostics *policy_faults;
  GError          *error;    /* the policy cannot be loaded: nothing after it makes sense */
} Reader;

static void
step_free (CsvcScenarioStep *self)
{
  g_ptr_array_unref (self->expectations);
  csvc_facts_unref (self->facts);
  g_free (self->reason);
  g_free (self->unit);
  g_free (self->role);
  g_free (self->actor);
  g_free (self->customer);
  g_free (self->earlier);
  g_free (self->scope);
  g_free (self->choose);
  g_free (self->key);
  g_free (self->purpose);
  g_free (self->rule);
  g_free (self->about);
  g_clear_pointer (&self->forgotten, g_ptr_array_unref);
  g_free (self->json);
  g_free (self->wrong_name);
  g_clear_pointer (&self->policy, csvc_policy_unref);
  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcScenarioStep, step_free)

void
csvc_scenario_free (CsvcScenario *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->steps);
  g_clear_pointer (&self->policy, csvc_policy_unref);
  g_free (self);
}

CsvcPolicy *
csvc_scenario_get_policy (const CsvcScenario *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->policy;
}

guint
csvc_scenario_get_n_steps (const CsvcScenario *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->steps->len;
}

guint
csvc_scenario_get_n_expectations (const CsvcScenario *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_expectations;
}

/* ── the policy ── */

/* (transfer full): relative to the scenario's folder. */
static char *
find_file (const Reader *self, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (self->scenario->path);

  return g_path_is_absolute (name) || g_str_equal (folder, ".") ? g_strdup (name) : g_build_filename (folder, name, NULL);
}

static gboolean
read_policy (Reader *self)
{
  const char *name = _csvc_words_need (&self->words, "a policy's file");
  g_autofree char *path = NULL;

  if (name == NULL || !_csvc_words_end (&self->words))
    return FALSE;
  if (self->scenario->policy != NULL)
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_SYNTAX, "one policy", NULL, "a second policy");
  path = find_file (self, name);
  self->scenario->policy = self->scenario->latest = csvc_policy_load_file (path, &self->policy_faults, &self->error);
  if (self->scenario->policy == NULL)
    return FALSE;
  self->words.zone = csvc_policy_get_zone (self->scenario->policy);
  return TRUE;
}

/* ── steps ── */

/* The case of a task is called CUSTOMER/RULE/KEY, and needs no introduction. */
static const CsvcKind *
kind_of_task (const CsvcPolicy *policy, const char *id)
{
  for (guint i = 0; i < policy->rules.n_rules; i++)
    {
      g_autofree char *middle = g_strdup_printf ("/%s/", policy->rules.rules[i].part.id);
      const char *found = strstr (id, middle);

      if (found != NULL && found > id && found[strlen (middle)] != '\0')
        return policy->rules.rules[i].kind;
    }
  return NULL;
}

static const CsvcKind *
kind_of (const Reader *self, const char *id)
{
  const CsvcKind *kind = id != NULL ? g_hash_table_lookup (self->kinds, id) : NULL;

  if (kind != NULL || id == NULL)
    return kind;
  kind = kind_of_task (self->scenario->latest, id);
  if (kind != NULL)
    g_hash_table_insert (self->kinds, g_strdup (id), (gpointer) kind);
  return kind;
}

static gboolean
check_case (Reader *self, const char *id)
{
  if (id == NULL)
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_NAME, "open KIND CASE before it", NULL, "no case was opened yet");
  return kind_of (self, id) != NULL ||
         _csvc_words_complain (&self->words, CSVC_SCENARIO_NAME, "open KIND CASE before it", NULL, "no case \"%.60s\" was opened", id);
}

/* Known even if the rest of the line is faulty: the lines after it should not be blamed. */
static gboolean
know_case (Reader *self, const char *id, const CsvcKind *kind)
{
  if (g_hash_table_contains (self->kinds, id))
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_NAME, NULL, NULL, "case \"%.60s\" was opened before", id);
  self->latest = g_strdup (id);
  g_hash_table_insert (self->kinds, (gpointer) self->latest, (gpointer) kind);
  return TRUE;
}

static gboolean
read_opening (Reader *self, CsvcScenarioStep *step)
{
  const CsvcPolicy *policy = self->scenario->latest;
  const char *kind = _csvc_words_need (&self->words, "open KIND CASE");
  const char *id = kind != NULL ? _csvc_words_need (&self->words, "open KIND CASE") : NULL;
  const CsvcKind *found;

  if (id == NULL)
    return FALSE;
  found = _csvc_words_find (&self->words, "kind of case", kind, policy->kinds, policy->n_kinds, sizeof (CsvcKind));
  if (found == NULL)
    return FALSE;
  step->type = CSVC_STEP_OPEN;
  step->name = g_strdup (kind);
  step->id = g_strdup (id);
  return know_case (self, id, found);
}

static gboolean
read_put (Reader *self, CsvcScenarioStep *step)
{
  step->type = CSVC_STEP_PUT;
  step->id = g_strdup (_csvc_words_need (&self->words, "put CUSTOMER: name = value"));
  return step->id != NULL;
}

static gboolean
read_end (Reader *self, CsvcScenarioStep *step)
{
  step->type = CSVC_STEP_END;
  step->name = g_strdup (_csvc_words_need (&self->words, "end REASON"));
  step->id = g_strdup (self->latest);
  return step->name != NULL;
}

static gboolean
read_event (Reader *self, CsvcScenarioStep *step)
{
  step->type = CSVC_STEP_FIRE;
  step->name = g_strdup (_csvc_words_need (&self->words, "an event, open, put, wait, sweep or another step"));
  step->id = g_strdup (self->latest);
  return step->name != NULL;
}

static gboolean
read_revising (Reader *self, CsvcScenarioStep *step, CsvcStepType type)
{
  step->type = type;
  step->id = g_strdup (self->latest);
  return _csvc_revise_read_wrong (step, &self->words);
}

/* What the new policy says of the kinds that are known so far; a case that stays with its version keeps its kind. */
static void
move_kinds (Reader *self, const CsvcScenarioStep *step)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const CsvcKind *kind = csvc_policy_find_kind (step->policy, ((const CsvcKind *) value)->part.id);
    CsvcUpgrade choice = step->choice != CSVC_UPGRADE_BY_POLICY || kind == NULL ? step->choice : csvc_kind_get_upgrade (kind);

    if (kind != NULL && (step->type == CSVC_STEP_CALENDAR || (choice != CSVC_UPGRADE_KEEP && choice != CSVC_UPGRADE_BY_POLICY)))
      g_hash_table_iter_replace (&iter, (gpointer) kind);
  }
}

static gboolean
read_upgrade (Reader *self, CsvcScenarioStep *step, CsvcStepType type)
{
  const char *name = _csvc_words_need (&self->words, type == CSVC_STEP_UPGRADE ? "upgrade FILE" : "calendar FILE");
  g_autofree char *path = name != NULL ? find_file (self, name) : NULL;

  if (path == NULL)
    return FALSE;
  step->type = type;
  step->id = g_strdup (self->latest);
  g_clear_pointer (&self->policy_faults, csvc_diagnostics_unref);
  step->policy = type == CSVC_STEP_UPGRADE ? csvc_policy_load_file (path, &self->policy_faults, &self->error)
                                           : csvc_policy_replace_calendar (self->scenario->latest, path, &self->policy_faults, &self->error);
  if (step->policy == NULL || !_csvc_revise_read_choice (step, &self->words))
    return FALSE;
  return TRUE;
}

static char *read_text (const char *path, GError **error);

static gboolean
read_adopting (Reader *self, CsvcScenarioStep *step)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  step->type = CSVC_STEP_ADOPT;
  if (!_csvc_revise_read_adopting (step, &self->words))
    return FALSE;
  if (step->json != NULL)
    return TRUE;
  path = find_file (self, _csvc_words_take (&self->words));
  step->json = read_text (path, &error);
  return step->json != NULL || _csvc_words_complain (&self->words, CSVC_SCENARIO_SYNTAX, "adopt FILE, or adopt {JSON}", NULL, "%s", error->message);
}

/* Which case it is, and of what kind, its JSON says; one that cannot be adopted is none. */
static gboolean
know_adopted (Reader *self, CsvcScenarioStep *step)
{
  g_autoptr (CsvcCase) adopted = NULL;

  if (csvc_case_adopt (self->scenario->latest, step->json, &step->stamp, NULL, &adopted, NULL) != CSVC_ANSWER_ACCEPTED)
    return TRUE;
  step->id = g_strdup (csvc_case_get_id (adopted));
  return know_case (self, step->id, csvc_case_get_kind (adopted));
}

static gboolean
read_sweep (Reader *self, CsvcScenarioStep *step)
{
  if (csvc_policy_get_n_rules (self->scenario->latest) == 0)
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_NAME, "a policy with <rules>", NULL, "the policy has no rules to sweep by");
  step->type = CSVC_STEP_SWEEP;
  step->is_dry = _csvc_words_accept (&self->words, "dry");
  step->id = g_strdup (self->latest);
  return TRUE;
}

static gboolean
read_command (Reader *self, CsvcScenarioStep *step)
{
  if (_csvc_words_accept (&self->words, "open"))
    return read_opening (self, step);
  if (_csvc_words_accept (&self->words, "put"))
    return read_put (self, step);
  if (_csvc_words_accept (&self->words, "customer"))
    return _csvc_service_read (step, &self->words, self->scenario->latest);
  if (_csvc_words_accept (&self->words, "wait")) {
    step->type = CSVC_STEP_WAIT;
    step->id = g_strdup (self->latest);
    return TRUE;
  }
  if (_csvc_words_accept (&self->words, "sweep"))
    return read_sweep (self, step);
  if (_csvc_words_accept (&self->words, "end"))
    return read_end (self, step);
  if (_csvc_words_accept (&self->words, "adopt"))
    return read_adopting (self, step);
  if (_csvc_words_accept (&self->words, "amend"))
    return read_revising (self, step, CSVC_STEP_AMEND);
  if (_csvc_words_accept (&self->words, "void"))
    return read_revising (self, step, CSVC_STEP_VOID);
  if (_csvc_words_accept (&self->words, "upgrade"))
    return read_upgrade (self, step, CSVC_STEP_UPGRADE);
  if (_csvc_words_accept (&self->words, "calendar"))
    return read_upgrade (self, step, CSVC_STEP_CALENDAR);
  /* For an event whose name is one of these words. */
  _csvc_words_accept (&self->words, "fire");
  return read_event (self, step);
}

static gboolean
take_into (Reader *self, char **place)
{
  g_free (*place);
  *place = g_strdup (_csvc_words_need (&self->words, "a word"));
  return *place != NULL;
}

static gboolean
take_role (Reader *self, CsvcScenarioStep *step)
{
  const CsvcPolicy *policy = self->scenario->latest;

  return take_into (self, &step->role) &&
         _csvc_words_find (&self->words, "role", step->role, policy->roles, policy->n_roles, sizeof (CsvcRole)) != NULL;
}

static gboolean
is_of_case (const CsvcScenarioStep *step)
{
  return step->type == CSVC_STEP_FIRE || step->type == CSVC_STEP_END || step->type == CSVC_STEP_AMEND || step->type == CSVC_STEP_VOID;
}

static gboolean
is_contact (const CsvcScenarioStep *step)
{
  return step->type == CSVC_STEP_SERVE && step->service == CSVC_SERVICE_CONTACT;
}

static gboolean
read_option (Reader *self, CsvcScenarioStep *step)
{
  CsvcWords *words = &self->words;
  gboolean done = FALSE;

  if (step->type == CSVC_STEP_SERVE && (!_csvc_service_read_option (step, words, &done) || done))
    return done;
  if (_csvc_words_accept (words, "by"))
    return take_into (self, &step->actor);
  if (_csvc_words_accept (words, "as"))
    return take_role (self, step);
  if (_csvc_words_accept (words, "of"))
    return take_into (self, &step->unit);
  if (_csvc_words_accept (words, "because"))
    return take_into (self, &step->reason);
  if (_csvc_words_accept (words, "occurred"))
    return _csvc_words_take_time (words, step->stamp.at, &step->stamp.occurred);
  if (step->type == CSVC_STEP_OPEN && _csvc_words_accept (words, "for"))
    return take_into (self, &step->customer);
  if (step->type == CSVC_STEP_OPEN && _csvc_words_accept (words, "after"))
    return take_into (self, &step->earlier) && check_case (self, step->earlier);
  if (step->type == CSVC_STEP_AMEND && _csvc_words_accept (words, "to"))
    return take_into (self, &step->name);
  if (is_of_case (step) && _csvc_words_accept (words, "in"))
    return take_into (self, &step->id);
  if (is_contact (step) && _csvc_words_accept (words, "in"))
    return take_into (self, &step->about) && check_case (self, step->about);
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "by, as, of, because, occurred, for or after (when opening), to (when amending), in (a case)", NULL,
                               "\"%.60s\" has no place here", _csvc_words_peek (words));
}

static gboolean
takes_facts (const CsvcScenarioStep *step)
{
  if (step->type == CSVC_STEP_SERVE)
    return _csvc_service_takes_facts (step);
  return step->type != CSVC_STEP_WAIT && step->type != CSVC_STEP_ADOPT && step->type != CSVC_STEP_SWEEP;
}

static gboolean
read_options (Reader *self, CsvcScenarioStep *step)
{
  CsvcWords *words = &self->words;

  while (step->type != CSVC_STEP_WAIT && _csvc_words_peek (&self->words) != NULL)
    if (!read_option (self, step))
      return FALSE;
  if (is_of_case (step) && !check_case (self, step->id))
    return FALSE;
  if ((step->type == CSVC_STEP_AMEND || step->type == CSVC_STEP_VOID) && !_csvc_revise_find_wrong (step, words, self->scenario))
    return FALSE;
  return (!takes_facts (step) || _csvc_words_take_facts (words, step->facts, NULL)) && _csvc_words_end (words);
}

static const char *
customer_of (const CsvcScenarioStep *step)
{
  return step->type == CSVC_STEP_PUT || step->type == CSVC_STEP_SERVE ? step->id : step->customer;
}

static void
name_customer (Reader *self, const char *id)
{
  g_free (self->customer);
  self->customer = g_strdup (id);
}

static void
keep_step (Reader *self, CsvcScenarioStep *step)
{
  step->stamp.actor = step->actor;
  step->stamp.role = step->role;
  step->stamp.unit = step->unit;
  step->stamp.reason = step->reason;
  if (is_of_case (step))
    self->latest = step->id;
  if (customer_of (step) != NULL)
    name_customer (self, customer_of (step));
  if (step->policy != NULL) {
    self->scenario->latest = step->policy;
    move_kinds (self, step);
  }
  self->looked_at = self->latest;
  g_ptr_array_add (self->scenario->steps, step);
}

static gboolean
read_step (Reader *self)
{
  g_autoptr (CsvcScenarioStep) step = g_new0 (CsvcScenarioStep, 1);

  step->line = self->words.line;
  step->facts = csvc_facts_new ();
  step->expectations = g_ptr_array_new_with_free_func ((GDestroyNotify) _csvc_expectation_free);
  if (self->now == CSVC_NEVER && !_csvc_words_has_date (&self->words))
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_TIME, "2026-03-02 09:00 open KIND CASE", NULL,
                                 "the first step needs a date and a time");
  if (!_csvc_words_take_time (&self->words, self->now == CSVC_NEVER ? 0 : self->now, &step->stamp.at))
    return FALSE;
  self->now = step->stamp.at;
  if (!read_command (self, step) || !read_options (self, step) || (step->type == CSVC_STEP_ADOPT && !know_adopted (self, step)))
    return FALSE;
  keep_step (self, g_steal_pointer (&step));
  return TRUE;
}

/* ── expectations ── */

static gboolean
has_answer (const CsvcScenarioStep *step)
{
  for (guint i = 0; i < step->expectations->len; i++)
    if (_csvc_expectation_is_answer (step->expectations->pdata[i]))
      return TRUE;
  return FALSE;
}

static gboolean
keep_expectation (Reader *self, CsvcScenarioStep *step, CsvcExpectation *expectation)
{
  if (_csvc_expectation_is_answer (expectation) && has_answer (step)) {
    _csvc_expectation_free (expectation);
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_SYNTAX, NULL, NULL, "the step was given an answer before");
  }
  g_ptr_array_add (step->expectations, expectation);
  self->scenario->n_expectations++;
  return TRUE;
}

/* "case C1/1 visit": a case that another one opened is known from here on. */
static gboolean
introduce (Reader *self, const char *id)
{
  const CsvcPolicy *policy = self->scenario->latest;
  const CsvcKind *kind = _csvc_words_find (&self->words, "kind of case", _csvc_words_take (&self->words), policy->kinds, policy->n_kinds,
                                           sizeof (CsvcKind));

  if (kind == NULL)
    return FALSE;
  if (kind_of (self, id) == NULL)
    g_hash_table_insert (self->kinds, g_strdup (id), (gpointer) kind);
  return strcmp (kind_of (self, id)->part.id, kind->part.id) == 0 ||
         _csvc_words_complain (&self->words, CSVC_SCENARIO_NAME, NULL, NULL, "case \"%.60s\" is of another kind", id);
}

static gboolean
look_at (Reader *self)
{
  const char *id = _csvc_words_need (&self->words, "case CASE");
  gpointer known;

  if (id == NULL || (_csvc_words_peek (&self->words) != NULL && !introduce (self, id)) || !_csvc_words_end (&self->words) || !check_case (self, id))
    return FALSE;
  g_hash_table_lookup_extended (self->kinds, id, &known, NULL);
  self->looked_at = known;
  return TRUE;
}

static gboolean
look_at_customer (Reader *self)
{
  const char *id = _csvc_words_need (&self->words, "customer CUSTOMER");

  if (id == NULL || !_csvc_words_end (&self->words))
    return FALSE;
  name_customer (self, id);
  return TRUE;
}

static gboolean
read_expectation (Reader *self, const char *text)
{
  GPtrArray *steps = self->scenario->steps;
  CsvcScenarioStep *step = steps->len > 0 ? steps->pdata[steps->len - 1] : NULL;
  CsvcExpectation *expectation;

  if (step == NULL)
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_SYNTAX, "a step before it, at the margin", NULL, "nothing was done yet");
  if (_csvc_words_accept (&self->words, "case"))
    return look_at (self);
  if (_csvc_words_accept (&self->words, "customer"))
    return look_at_customer (self);
  expectation = _csvc_expectation_read (&self->words, self->scenario, kind_of (self, self->looked_at), self->looked_at, self->customer,
                                        step, text);
  return expectation != NULL && keep_expectation (self, step, expectation);
}

/* ── the file ── */

/* FALSE: nothing after it can be understood. */
static gboolean
read_line (Reader *self, const char *text, guint line)
{
  gboolean indented = *text == ' ' || *text == '\t';

  if (!_csvc_words_split (&self->words, text, line))
    return TRUE;
  if (_csvc_words_peek (&self->words) == NULL)
    return _csvc_words_end (&self->words) || TRUE; /* an empty line, or facts of nothing */
  if (!indented && _csvc_words_accept (&self->words, "policy"))
    return read_policy (self) || self->error == NULL;
  if (self->scenario->policy == NULL)
    return _csvc_words_complain (&self->words, CSVC_SCENARIO_SYNTAX, "policy FILE", NULL, "a scenario begins with its policy");
  if (!indented) {
    self->is_lost = !read_step (self);
    return self->error == NULL;
  }
  if (!self->is_lost)
    read_expectation (self, text);
  return TRUE;
}

static char *
read_text (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local)) {
    gboolean missing = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT);

    g_set_error_literal (error, CSVC_ERROR, missing ? CSVC_ERROR_NOT_FOUND : CSVC_ERROR_IO, local->message);
    return NULL;
  }
  if (length > MAX_BYTES) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "%s has more than 1 MiB; no story of a case is that long", path);
    return NULL;
  }
  if (!g_utf8_validate (text, (gssize) length, NULL)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s is not UTF-8", path);
    return NULL;
  }
  return g_steal_pointer (&text);
}

static void
read_lines (Reader *self, char *text)
{
  guint number = 1;

  for (char *line = text, *end; line != NULL; line = end, number++) {
    end = strchr (line, '\n');
    if (end != NULL)
      *end++ = '\0';
    if (!read_line (self, line, number))
      return;
  }
}

/* Why the scenario cannot be used, or NULL. */
static GError *
take_fault (Reader *self)
{
  const CsvcDiagnostics *faults = self->words.diagnostics;
  g_autofree char *first = NULL;

  if (self->error != NULL)
    return g_steal_pointer (&self->error);
  if (csvc_diagnostics_get_size (faults) == 0 && self->scenario->steps->len == 0)
    return g_error_new (CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s has no step", self->scenario->path);
  if (csvc_diagnostics_get_size (faults) == 0)
    return NULL;
  first = csvc_diagnostic_to_string (csvc_diagnostics_get (faults, 0));
  return g_error_new (CSVC_ERROR, CSVC_ERROR_SYNTAX, "%u faults in %s, the first: %s", csvc_diagnostics_get_size (faults),
                      self->scenario->path, first);
}

static CsvcScenario *
scenario_new (const char *path)
{
  CsvcScenario *self = g_new0 (CsvcScenario, 1);

  self->path = g_intern_string (path);
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  return self;
}

CsvcScenario *
csvc_scenario_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (CsvcScenario) self = NULL;
  g_autoptr (CsvcDiagnostics) faults = csvc_diagnostics_new ();
  g_autoptr (GHashTable) kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  Reader reader = { .now = CSVC_NEVER, .kinds = kinds };
  GError *fault = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  self = scenario_new (path);
  text = read_text (path, &fault);
  if (text != NULL) {
    reader.scenario = self;
    _csvc_words_init (&reader.words, self->path, faults);
    read_lines (&reader, text);
    fault = take_fault (&reader);
    _csvc_words_clear (&reader.words);
  }
  g_free (reader.customer);
  if (diagnostics != NULL)
    *diagnostics = csvc_diagnostics_ref (g_error_matches (fault, CSVC_ERROR, CSVC_ERROR_POLICY) ? reader.policy_faults : faults);
  g_clear_pointer (&reader.policy_faults, csvc_diagnostics_unref);
  if (fault == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, fault);
  return NULL;
}
