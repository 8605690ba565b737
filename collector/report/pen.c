/* SPDX-License-Identifier: Apache-2.0 */
/* Points are left out as they come (Williams 1978, Sklansky and Gonzalez 1980): from where the pen stands, each point leaves a cone of directions whose lines pass it
 * closely enough; a line goes on for as long as its end lies in all cones and farther away than all that it passes. */
#include "report/pen.h"
#include "report/sphere.h"

static int64_t cross(struct way a, struct way b) { return a.x * b.y - a.y * b.x; }
static int64_t square(struct way a) { return a.x * a.x + a.y * a.y; }

static void number(struct pen *pen, int32_t value)
{
	if (value >= 0 && pen->before >= '0' && pen->before <= '9')
		out_char(pen->out, ' ');
	out_i64(pen->out, value);
	pen->before = '0';
}

static void letter(struct pen *pen, char c)
{
	out_char(pen->out, c);
	pen->before = c;
}

static void stand(struct pen *pen, struct spot at)
{
	pen->last = at;
	pen->waits = pen->aims = false;
	pen->reach = 0;
}

static void line(struct pen *pen, struct spot to)
{
	number(pen, to.x - pen->last.x);
	number(pen, to.y - pen->last.y);
	stand(pen, to);
}

static struct way way_to(const struct pen *pen, struct spot to) { return (struct way){ (int64_t)to.x - pen->last.x, (int64_t)to.y - pen->last.y }; }

/* Does a line to there pass all points since the last line closely enough? */
static bool passes(const struct pen *pen, struct way to)
{
	if (square(to) < pen->reach)
		return false;
	return !pen->aims || (cross(pen->right, to) >= 0 && cross(to, pen->left) >= 0 && pen->right.x * to.x + pen->right.y * to.y > 0);
}

/* The cone of the two tangents at a circle of `slack` around the point; the whole plane if the pen stands inside. */
static void aim(struct pen *pen, struct way to)
{
	int64_t slack = pen->slack;
	if (square(to) <= slack * slack)
		return;
	int64_t along = sphere_root((uint64_t)(square(to) - slack * slack));
	struct way right = { to.x * along + to.y * slack, to.y * along - to.x * slack }, left = { to.x * along - to.y * slack, to.y * along + to.x * slack };
	if (!pen->aims || cross(pen->right, right) > 0)
		pen->right = right;
	if (!pen->aims || cross(pen->left, left) < 0)
		pen->left = left;
	pen->aims = true;
	if (square(to) > pen->reach)
		pen->reach = square(to);
}

void pen_to(struct pen *pen, struct spot to)
{
	if (!pen->down) {
		letter(pen, 'M');
		number(pen, to.x);
		number(pen, to.y);
		letter(pen, 'l');
		pen->down = true;
		stand(pen, to);
		return;
	}
	if (pen->waits && !passes(pen, way_to(pen, to)))
		line(pen, pen->wanted);
	struct way way = way_to(pen, to);
	pen->wanted = to;
	pen->waits = pen->aims || way.x || way.y;
	aim(pen, way);
}

void pen_up(struct pen *pen, bool closed)
{
	if (!pen->down)
		return;
	if (pen->waits)
		line(pen, pen->wanted);
	if (pen->before == 'l')
		line(pen, pen->last);
	if (closed)
		letter(pen, 'z');
	pen->down = false;
}
